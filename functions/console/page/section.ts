import { createHash } from "node:crypto";
import type { Status, WorkloadStatus } from "../status.ts";
import type { Story } from "../story.ts";
import { type State, stateText } from "../words.ts";
import { type Content, type Html, html } from "./html.ts";
import { stateIcon } from "./icons.ts";
import { renderFacts, renderTimeline, storyPath } from "./story.ts";

/** One section of the page: swapped by its id, when its digest has changed. */
export interface Section {
  id: string;
  digest: string;
  html: string;
}

/** All sections of the status, in the order in which they stand. */
export function renderSections(status: Status): Section[] {
  const { pauses, workloads, unknownTargets, at } = status;
  return [
    ...(pauses.length > 0 ? [renderPauses(status)] : []),
    ...workloads.map((workload) => renderWorkload(workload, at)),
    ...(unknownTargets.length > 0 ? [renderUnknownTargets(unknownTargets, at)] : []),
    ...(workloads.length + unknownTargets.length === 0 ? [renderNothing()] : []),
  ];
}

/** One incident's page: its whole story. */
export function renderStorySection(story: Story, at: string): Section {
  const body = html`<h2>${story.headline}</h2>
<p class="subject">${story.subject}</p>
${renderFacts(story, at)}
${renderTimeline(story)}`;
  return section("story", "wide", story, body);
}

/** A state in words with its icon. */
function renderState(state: State): Html {
  return html`<span class="state ${state}">${stateIcon(state)}${stateText[state]}</span>`;
}

function renderWorkload(workload: WorkloadStatus, at: string): Section {
  const { namespace, kind, name, state, mode, replicas, incidents, closed } = workload;
  const id = `${namespace}-${kind}-${name}`;
  const body = html`<header><h2 id="${id}-name">${name}</h2>${renderState(state)}</header>
<p class="subject"><span>${namespace}</span> <span>${kind}</span> <span>Mode: ${mode}</span></p>
${renderReplicas(replicas)}
${incidents.map((story) => renderOpen(story, at))}
${closed.length > 0 && renderClosed(id, closed, at)}`;
  return section(id, `${incidents.length > 0 ? "wide " : ""}${state}`, workload, body, `${id}-name`);
}

/** Pods as squares, filled when ready; many only as a number. */
function renderReplicas(replicas: WorkloadStatus["replicas"]): Html {
  if (!replicas) return html`<p class="replicas">The workload is gone.</p>`;
  const { ready, desired } = replicas;
  const squares = Math.max(ready, desired);
  const pods =
    squares <= 12 &&
    html`<span class="pods" aria-hidden="true">${Array.from({ length: squares }, (_, n) => html`<i class="${n < ready ? "ready" : ""}"></i>`)}</span>`;
  const words = desired === 0 && ready === 0 ? "Scaled to 0" : `${ready} of ${desired} ready`;
  return html`<p class="replicas">${pods}<span>${words}</span></p>`;
}

function renderOpen(story: Story, at: string): Html {
  return html`<article>
<h3><a href="${storyPath(story)}">${story.headline}</a></h3>
${renderFacts(story, at)}
${renderTimeline(story)}
</article>`;
}

function renderClosed(id: string, closed: readonly Story[], at: string): Html {
  const count = closed.length === 1 ? "1 incident" : `${closed.length} incidents`;
  return html`<details id="${id}-closed"><summary>${count} closed within a day</summary>
${closed.map(
  (story) => html`<details class="past" id="story-${story.uid}"><summary>${story.headline}</summary>
${renderFacts(story, at)}
${renderTimeline(story)}
<p><a href="${storyPath(story)}">The whole story of ${story.name}</a></p></details>`,
)}</details>`;
}

function renderPauses({ pauses }: Status): Section {
  const where = ({ scope, target }: Status["pauses"][number]) =>
    scope === "Cluster" ? "The whole cluster" : `${scope} ${target ?? ""}`;
  const body = html`<h2>Paused</h2>
<ul>${pauses.map((pause) => html`<li>${where(pause)}: ${pause.reason} (${pause.by}${pause.until !== undefined && html`, until ${pause.until}`})</li>`)}</ul>`;
  return section("pauses", "wide Held", pauses, body);
}

function renderUnknownTargets(stories: readonly Story[], at: string): Section {
  const body = html`<header><h2>Alerts that lead to no workload</h2>${renderState("Held")}</header>
${stories.map((story) => renderOpen(story, at))}`;
  return section("unknown-targets", "wide Held", stories, body);
}

function renderNothing(): Section {
  const body = html`<h2>No workload is watched</h2>
<p>AutoHeal looks after the workloads of a namespace that has the label <code>autoheal.dev/mode</code>: <code>Observe</code> to be told, <code>Approve</code> to be asked, <code>Auto</code> to be healed.</p>`;
  return section("nothing", "wide", "nothing", body);
}

function section(id: string, look: string, content: unknown, body: Content, labelledBy?: string): Section {
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 12);
  const label = labelledBy !== undefined && html`aria-labelledby="${labelledBy}"`;
  return {
    id,
    digest,
    html: html`<section id="${id}" class="card ${look}" data-digest="${digest}" ${label}>${body}</section>`.text,
  };
}
