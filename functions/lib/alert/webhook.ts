import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { mistakesOf, mostMistakes } from "../mistake/index.ts";
import type { Alert } from "./alert.ts";

/** Most labels, or annotations, that one alert may have: far beyond any rule, and a bound on what a bad body costs. */
const maxLabels = 256;
/** Most bytes of labels that one alert may have: an event has to hold them all, as they are what names the alert. */
const maxLabelBytes = 64 * 1024;

const few = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && Object.keys(value).length <= maxLabels,
  `expected an object of at most ${maxLabels} texts`,
);
const texts = z.pipe(few, z.record(z.string(), z.string()));
const labels = texts.check(
  z.refine((all) => Boolean(all.alertname), "expected a label alertname"),
  z.refine((all) => Buffer.byteLength(JSON.stringify(all)) <= maxLabelBytes, `expected at most ${maxLabelBytes} bytes`),
);
const instant = z.iso
  .datetime({ offset: true, error: "expected an RFC 3339 time" })
  .check(z.maxLength(64), z.refine(isOfCalendar, "expected a year of four digits in UTC"));

const alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels,
  annotations: z._default(texts, {}),
  startsAt: instant,
  endsAt: instant,
  fingerprint: z.string().check(z.minLength(1), z.maxLength(253)),
  generatorURL: z.optional(z.string()),
});

const webhook = z.object({
  version: z.literal("4"),
  groupKey: z.string(),
  truncatedAlerts: z._default(z.int().check(z.minimum(0)), 0),
  status: z.enum(["firing", "resolved"]),
  receiver: z.string(),
  externalURL: z._default(z.string(), ""),
  alerts: z.array(z.unknown()).check(z.minLength(1)),
});

/** What AutoHeal uses of Alertmanager's webhook, version 4. */
export interface Webhook {
  version: "4";
  groupKey: string;
  /** How many alerts Alertmanager left out; more than 0 means that the tick has to find them. */
  truncatedAlerts: number;
  receiver: string;
  alerts: Alert[];
}

/** What could be read of a body. */
export interface ParsedWebhook {
  /** With those of its alerts that are as they have to be; undefined where none is. */
  webhook?: Webhook;
  /** The first 20 places where it is wrong, such as `alerts[2].startsAt: expected an RFC 3339 time`. */
  errors: string[];
}

/**
 * Checks a body against Alertmanager's webhook version 4; unknown fields are left out, as newer versions add some. One bad
 * alert does not lose the others: Alertmanager does not retry what was refused.
 */
export function parseWebhook(body: unknown): ParsedWebhook {
  const english = { error: en().localeError };
  const envelope = webhook.safeParse(body, english);
  if (!envelope.success) return { errors: mistakesOf(envelope.error.issues) };
  const errors: string[] = [];
  const alerts: Alert[] = [];
  for (const [i, one] of envelope.data.alerts.entries()) {
    const parsed = alert.safeParse(one, english);
    if (parsed.success) alerts.push(parsed.data);
    else if (errors.length < mostMistakes) errors.push(...mistakesOf(parsed.error.issues, ["alerts", i]));
  }
  const understood = alerts.length > 0 ? { webhook: { ...envelope.data, alerts } } : {};
  return { ...understood, errors: errors.slice(0, mostMistakes) };
}

/** What is kept of a time is UTC, and RFC 3339 has no other years; what is no time at all has its own error. */
function isOfCalendar(time: string): boolean {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) || /^\d{4}-/.test(at.toISOString());
}
