import { phrase } from "@autoheal/lib/notification";
import type { Finding, Step, Story } from "../story.ts";
import { durationText, sentence } from "../words.ts";
import { type Html, html } from "./html.ts";
import { stepIcon } from "./icons.ts";

/** A story as a timeline, with the time since it began at each step. */
export function renderTimeline(story: Story): Html {
  return html`<ol class="timeline">${story.steps.map((step) => renderStep(step, story.beganAt))}</ol>`;
}

/** The few words that a story is about: severity, phase, since when. */
export function renderFacts(story: Story, at: string): Html {
  const ended = story.recoveredAt ?? story.closedAt;
  return html`<p class="facts">${[
    story.severity !== undefined && html`<span class="chip">${sentence(story.severity)}</span>`,
    html`<span class="chip">${sentence(phrase(story.phase))}</span>`,
    ended === undefined
      ? html`<span>open for ${renderSince(story.beganAt, at)}</span>`
      : html`<span>took ${durationText(Date.parse(ended) - Date.parse(story.beganAt))}</span>`,
    html`<span>began ${renderDate(story.beganAt, at)}${renderTime(story.beganAt)}</span>`,
  ]}</p>`;
}

/** A time of day with its date for machines and on hover. */
function renderTime(at: string): Html {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return html`<span>${at}</span>`;
  const iso = time.toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 10)}">${iso.slice(11, 19)}</time>`;
}

/** The date of what is not of the day of `at`. */
function renderDate(of: string, at: string): string {
  const date = of.slice(0, 10);
  return date === at.slice(0, 10) ? "" : `${date} `;
}

/** Where a story has its own page. */
export function storyPath({ namespace, name }: Story): string {
  return `/incidents/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
}

/** A duration that the page's script keeps counting. */
function renderSince(since: string, at: string): Html {
  return html`<span data-since="${since}">${durationText(Date.parse(at) - Date.parse(since))}</span>`;
}

function renderStep(step: Step, beganAt: string): Html {
  const since = Date.parse(step.at) - Date.parse(beganAt);
  return html`<li class="step ${step.tone}">
<span class="dot">${stepIcon(step.kind)}</span>
<p class="when">${renderTime(step.at)} <span class="elapsed">+${durationText(since)}</span></p>
<div class="what"><p class="title">${step.title}</p>
${step.lines.map((line) => html`<p>${line}</p>`)}
${step.evidence && renderEvidence(step.evidence)}</div>
</li>`;
}

function renderEvidence(evidence: { for: Finding[]; against: Finding[] }): Html {
  return html`<dl class="evidence">
<div><dt>Evidence for it</dt>${renderFindings(evidence.for)}</div>
<div><dt>Evidence against it</dt>${renderFindings(evidence.against)}</div>
</dl>`;
}

function renderFindings(findings: readonly Finding[]): Html {
  if (findings.length === 0) return html`<dd class="none">None.</dd>`;
  return html`${findings.map(
    ({ text, source, at }) => html`<dd>${text} <span class="source">${source}, ${renderTime(at)}</span></dd>`,
  )}`;
}
