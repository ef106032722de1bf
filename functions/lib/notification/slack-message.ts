import type { Incident, OutboxEntry } from "../incident/index.ts";
import { cutTo, oneLine } from "./plain.ts";
import { colourOf, tones } from "./tone.ts";
import { causeText } from "./words.ts";

/** Slack's limits (docs.slack.dev, reference/block-kit/blocks), in characters. */
const headerLimit = 150;
const sectionLimit = 3000;
/** Of the 50 blocks of a message, at most so many are lines of the entry; the rest is told as a number. */
const mostSections = 8;

/** The blocks of Block Kit that AutoHeal uses. */
export type SlackBlock =
  | { type: "header"; text: { type: "plain_text"; text: string; emoji: false } }
  | { type: "section"; text: Markdown }
  | { type: "context"; elements: Markdown[] };

/** Slack's own markup; verbatim, so that nothing in it becomes a mention or a link. */
interface Markdown {
  type: "mrkdwn";
  text: string;
  verbatim: true;
}

/** A message as chat.postMessage takes it. */
export interface SlackMessage {
  /** What notifications and screen readers get. */
  text: string;
  blocks: SlackBlock[];
  attachments: { color: string; fallback: string; blocks: SlackBlock[] }[];
}

/** The root of an incident's thread: what is wrong with what, and how it stands now. */
export function slackRoot(incident: Incident): SlackMessage {
  const outbox = incident.status?.outbox ?? [];
  const [first] = outbox;
  const latest = outbox.at(-1);
  const told = [latest, first !== latest ? first : undefined].filter((entry) => entry !== undefined);
  return message(
    incident,
    latest?.event ?? "opened",
    told.flatMap((entry) => entryBlocks(entry)),
  );
}

/** One entry as a reply in the incident's thread. */
export function slackReply(incident: Incident, entry: OutboxEntry): SlackMessage {
  return message(incident, entry.event, entryBlocks(entry));
}

function message(incident: Incident, event: OutboxEntry["event"], blocks: SlackBlock[]): SlackMessage {
  const headline = cutTo(oneLine(`${tones[event].state}: ${incident.spec.subject}`), headerLimit);
  const header: SlackBlock = { type: "header", text: { type: "plain_text", text: headline, emoji: false } };
  const fallback = escaped(headline);
  const context: SlackBlock = { type: "context", elements: [markdown(standing(incident))] };
  return {
    text: fallback,
    blocks: [header],
    attachments: [{ color: colourOf(event), fallback, blocks: [...blocks, context] }],
  };
}

/** The title in bold, then the lines, packed into as few sections as they fit. */
function entryBlocks(entry: OutboxEntry): SlackBlock[] {
  const sections: string[] = [`*${escapedTo(oneLine(entry.title), sectionLimit - 2)}*`];
  for (const [i, line] of entry.lines.entries()) {
    const text = `• ${escapedTo(oneLine(line), sectionLimit - 2)}`;
    const last = sections.at(-1) ?? "";
    if (sections.length > 1 && last.length + 1 + text.length <= sectionLimit)
      sections.push(`${sections.pop()}\n${text}`);
    else if (sections.length <= mostSections) sections.push(text);
    else {
      sections.push(`… and ${entry.lines.length - i} more, in the incident itself`);
      break;
    }
  }
  return sections.map((text) => ({ type: "section", text: markdown(text) }));
}

function standing({ metadata, spec, status }: Incident): string {
  const opened = Math.floor(Date.parse(spec.openedAt) / 1000);
  const parts = [
    `incident ${escaped(metadata.namespace)}/${escaped(metadata.name)}`,
    ...(status ? [status.phase.toLowerCase()] : []),
    ...(status?.diagnosis
      ? [`cause: ${causeText(status.diagnosis.cause)} (${Math.round(status.diagnosis.confidence * 100)} %)`]
      : []),
    ...(status?.outcome ? [`outcome: ${status.outcome.toLowerCase()}`] : []),
    `since <!date^${opened}^{date_short_pretty} {time_secs}|${spec.openedAt}>`,
  ];
  return parts.join(" · ");
}

function markdown(text: string): Markdown {
  return { type: "mrkdwn", text, verbatim: true };
}

/** Slack's three reserved characters as entities (docs.slack.dev, "Formatting message text"). */
function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Escaped text of at most `most` characters; no entity is cut. */
function escapedTo(text: string, most: number): string {
  let kept = cutTo(text, most);
  // Entities are at most five characters for one, so the text shrinks at least by the excess over five.
  while (escaped(kept).length > most) kept = cutTo(text, kept.length - Math.ceil((escaped(kept).length - most) / 5));
  return escaped(kept);
}
