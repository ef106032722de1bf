import { createHash } from "node:crypto";
import type { Incident, OutboxEntry } from "../incident/index.ts";
import { cutTo, oneLine } from "./plain.ts";
import { colourOf, colours, tones } from "./tone.ts";
import { causeText } from "./words.ts";

/** An email, without sender and receivers. */
export interface Email {
  messageId: string;
  /** The Message-ID of the incident's first email, which this one answers; absent in the first. */
  inReplyTo?: string;
  subject: string;
  text: string;
  html: string;
}

/** The Message-ID of an entry's email: the same each time, so that mail systems drop a second copy. */
export function messageId(incident: Incident, entry: string): string {
  const safe = /^[A-Za-z0-9-]{1,40}$/.test(entry)
    ? entry
    : createHash("sha256").update(entry).digest("hex").slice(0, 16);
  return `<${incident.metadata.uid}.${safe}@autoheal.dev>`;
}

/** The email that tells one entry. `root` is the Message-ID of the incident's first email, if that is another one. */
export function emailOf(incident: Incident, entry: OutboxEntry, root?: string): Email {
  // One subject for all of an incident: mail programs thread by it, beside the references.
  const subject = cutTo(oneLine(`[AutoHeal] ${incident.spec.subject}`), 200);
  return {
    messageId: messageId(incident, entry.id),
    ...(root ? { inReplyTo: root } : {}),
    subject: root ? `Re: ${subject}` : subject,
    text: textOf(incident, entry),
    html: htmlOf(incident, entry),
  };
}

function textOf(incident: Incident, entry: OutboxEntry): string {
  return [
    `${tones[entry.event].state}: ${oneLine(entry.title)}`,
    "",
    ...entry.lines.map((line) => `- ${oneLine(line)}`),
    ...(entry.lines.length > 0 ? [""] : []),
    ...factsOf(incident, entry).map(([name, value]) => `${name}: ${value}`),
    "",
  ].join("\n");
}

function htmlOf(incident: Incident, entry: OutboxEntry): string {
  const { darkBlue, white } = colours;
  const accent = colourOf(entry.event);
  const lines = entry.lines.map((line) => `<li style="margin:0 0 6px">${escaped(oneLine(line))}</li>`).join("");
  const facts = factsOf(incident, entry)
    .map(([name, value]) => `${escaped(name)}: ${escaped(value)}`)
    .join("<br>");
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(tones[entry.event].state)}</title></head>`,
    `<body style="margin:0;padding:24px;background:${white};color:${darkBlue};font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">`,
    `<div style="max-width:640px;border-left:4px solid ${accent};padding-left:20px">`,
    `<p style="display:inline-block;margin:0;padding:2px 10px;background:${accent};color:${white};font-size:14px">${escaped(tones[entry.event].state)}</p>`,
    `<h1 style="margin:12px 0;font-size:20px;font-weight:600">${escaped(oneLine(entry.title))}</h1>`,
    lines ? `<ul style="margin:0 0 16px;padding-left:20px">${lines}</ul>` : "",
    `<p style="margin:0;font-size:13px">${facts}</p>`,
    "</div></body></html>",
  ].join("\n");
}

function factsOf({ metadata, spec, status }: Incident, entry: OutboxEntry): [name: string, value: string][] {
  return [
    ["Workload", oneLine(spec.subject)],
    ["Incident", `${metadata.namespace}/${metadata.name}`],
    ...(status?.diagnosis
      ? [
          ["Cause", `${causeText(status.diagnosis.cause)} (${Math.round(status.diagnosis.confidence * 100)} %)`] as [
            string,
            string,
          ],
        ]
      : []),
    ["Since", spec.openedAt],
    ["Told", entry.at],
  ];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
