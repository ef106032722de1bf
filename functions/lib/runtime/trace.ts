import { randomBytes } from "node:crypto";

const form = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * The `traceparent` (W3C Trace Context, level 1) of what is done next: the same trace as `received` with a new parent
 * id, or a new trace when nothing valid was received.
 */
export function nextTraceparent(received?: string): string {
  const [, trace, flags] = form.exec(received ?? "") ?? [];
  const valid = trace !== undefined && !/^0+$/.test(trace);
  return `00-${valid ? trace : randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-${valid ? flags : "01"}`;
}
