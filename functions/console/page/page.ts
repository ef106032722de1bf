/** The page: a frame that stands, and parts that the live stream swaps. */
import type { Status } from "../status.ts";
import type { Story } from "../story.ts";
import { states, stateText } from "../words.ts";
import { Html, html } from "./html.ts";
import { stateIcon } from "./icons.ts";
import { renderSections, renderStorySection, type Section } from "./section.ts";

/** What the live stream swaps; the page's script takes it as it is. */
export interface Parts {
  /** When it was put together, RFC 3339. */
  at: string;
  /** The tab's title. */
  title: string;
  summary: string;
  sections: Section[];
}

/** The parts of the status page. */
export function statusParts(status: Status): Parts {
  const { overall, at } = status;
  return {
    at,
    title: `${overall.state === "Healthy" ? "Healthy" : overall.text} · AutoHeal`,
    summary: renderSummary(status).text,
    sections: renderSections(status),
  };
}

/** The parts of one incident's page. */
export function storyParts(story: Story, at: string): Parts {
  const summary = html`<p class="overall">${story.name}</p><p><a href="/">All workloads</a></p>`.text;
  return { at, title: `${story.name} · AutoHeal`, summary, sections: [renderStorySection(story, at)] };
}

/** The page, live by `source`, the path of its stream. */
export function renderPage(parts: Parts, source: string, signOut: boolean): string {
  return frame(
    parts.title,
    html`<div id="summary">${new Html(parts.summary)}</div>
<p id="live" role="status" data-source="${source}" data-at="${parts.at}"><span>Connecting</span></p>
<noscript><p>Not live without JavaScript: the page loads itself again every 30 s.</p></noscript>`,
    html`${parts.sections.map((section) => new Html(section.html))}`,
    signOut,
  );
}

/** What is shown when the status can't be known; it becomes the page when the stream brings it. */
export function renderAway(message: string, at: string): string {
  const card = html`<section id="away" class="card wide Degraded" role="alert"><h2>${message}</h2>
<p>What you would see here is not known at the moment. This page comes back by itself.</p></section>`.text;
  const summary = html`<p class="overall">The status is not known</p>`.text;
  return renderPage(
    { at, title: "Not known · AutoHeal", summary, sections: [{ id: "away", digest: "", html: card }] },
    "/live?view=page",
    false,
  );
}

/** A page that only says something. */
export function renderMessage(title: string, text: string): string {
  return frame(
    title,
    html`<p class="overall">${title}</p>`,
    html`<section class="card wide"><h2>${title}</h2><p>${text}</p><p><a href="/">All workloads</a></p></section>`,
    false,
  );
}

/** The login; `wrong` after a token that was none. */
export function renderLogin(wrong: boolean): string {
  const error = wrong && html`<p id="wrong" role="alert">This token is not valid.</p>`;
  return frame(
    "Sign in · AutoHeal",
    html`<p class="overall">Sign in</p>`,
    html`<section class="card login"><h2>Sign in</h2>
<form method="post" action="/login">${error}
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="current-password" autofocus ${wrong && html`aria-invalid="true" aria-describedby="wrong"`}>
<button>Sign in</button></form></section>`,
    false,
  );
}

function renderSummary({ overall, namespaces }: Status): Html {
  const modes = new Set(namespaces.map(({ mode }) => mode));
  const counts = states
    .filter((state) => overall.workloads[state] > 0)
    .map((state) => `${overall.workloads[state]} ${stateText[state].toLowerCase()}`);
  const told =
    modes.size <= 1
      ? html`<span>Mode: <b>${[...modes][0] ?? "Observe"}</b></span>`
      : html`${namespaces.map(({ name, mode }) => html`<span>${name}: <b>${mode}</b></span>`)}`;
  return html`<p class="overall">${stateIcon(overall.state)} <span>${overall.text}</span></p>
<p class="modes">${counts.length > 1 && html`<span>${counts.reverse().join(", ")}</span>`}${told}</p>`;
}

function frame(title: string, head: Html, main: Html, signOut: boolean): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#1A237E">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/page.js" defer></script>
<noscript><meta http-equiv="refresh" content="30"></noscript>
</head>
<body>
<a class="skip" href="#sections">To the workloads</a>
<header class="top"><div>
<h1><a href="/"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 20.5C5.5 16 3 12.6 3 9a4.7 4.7 0 0 1 9-2 4.7 4.7 0 0 1 9 2c0 3.6-2.5 7-9 11.5z"/><path d="M3.5 12.5H9l1.5-3 2.5 5 1.5-2h6"/></svg>AutoHeal</a></h1>
${head}
${signOut && html`<form method="post" action="/logout"><button>Sign out</button></form>`}
</div></header>
<main id="sections" tabindex="-1">${main}</main>
<footer><p>Times are UTC. For programs: <a href="/?format=json">status as JSON</a>, <a href="/metrics">metrics</a>.</p></footer>
</body>
</html>`.text;
}
