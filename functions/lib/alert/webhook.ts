import * as z from "zod/mini";
import type { Alert } from "./alert.ts";

const labels = z.record(z.string(), z.string());
const instant = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), "expected an RFC 3339 time"));

const alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: labels.check(z.refine((all) => Boolean(all.alertname), "expected a label alertname")),
  annotations: z._default(labels, {}),
  startsAt: instant,
  endsAt: instant,
  fingerprint: z.string().check(z.minLength(1)),
  generatorURL: z.optional(z.string()),
});

const webhook = z.object({
  version: z.literal("4"),
  groupKey: z.string(),
  truncatedAlerts: z._default(z.number(), 0),
  status: z.enum(["firing", "resolved"]),
  receiver: z.string(),
  externalURL: z._default(z.string(), ""),
  alerts: z.array(alert).check(z.minLength(1)),
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

/** A webhook, or where it is wrong: `alerts[2].startsAt: expected an RFC 3339 time`. */
export type ParsedWebhook = { ok: true; webhook: Webhook } | { ok: false; errors: string[] };

/** Checks a body against Alertmanager's webhook version 4; unknown fields are left out, as newer versions add some. */
export function parseWebhook(body: unknown): ParsedWebhook {
  const parsed = webhook.safeParse(body);
  if (parsed.success) return { ok: true, webhook: parsed.data };
  return {
    ok: false,
    errors: parsed.error.issues.slice(0, 20).map((issue) => `${pathOf(issue.path)}: ${issue.message}`),
  };
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "body";
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`)).join("");
}
