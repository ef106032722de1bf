import { HTTP } from "cloudevents";
import type { IncomingEvent } from "../event/index.ts";

/** Context attributes of CloudEvents 1.0 that are no extensions. */
const contextAttributes = new Set([
  "id",
  "type",
  "source",
  "specversion",
  "subject",
  "time",
  "datacontenttype",
  "dataschema",
  "data",
  "data_base64",
]);

/** A media type as the SDK knows it: it takes JSON for JSON only without capitals, parameters, or a name of its own (RFC 6839). */
function plainType(contentType: unknown): string {
  const type =
    String(contentType ?? "")
      .split(";")[0]
      ?.trim()
      .toLowerCase() ?? "";
  return type.endsWith("+json") && !type.startsWith("application/cloudevents") ? "application/json" : type;
}

/** The one CloudEvent of a request, structured or binary, or why it is none. */
export function eventOf(headers: Record<string, unknown>, body: unknown): IncomingEvent | { why: string } {
  try {
    // reason: the SDK's header type is narrower than Node's
    const typed = { ...headers, "content-type": plainType(headers["content-type"]) } as never;
    const received = [HTTP.toEvent<unknown>({ headers: typed, body })].flat();
    const [event] = received;
    // One answer can't tell what became of several.
    if (!event || received.length > 1) return { why: `a batch of ${received.length} CloudEvents: expected one event` };
    const extensions: Record<string, string> = {};
    for (const [name, value] of Object.entries(event)) {
      if (!contextAttributes.has(name) && value !== undefined) extensions[name] = String(value);
    }
    const { id, type, source, subject, data_base64: encoded } = event;
    const data = encoded ? JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) : event.data;
    // The SDK takes any JSON for them.
    if ([id, type, source, subject ?? ""].some((attribute) => typeof attribute !== "string"))
      return { why: "not a CloudEvent: id, type, source and subject have to be texts" };
    return { id, type, source, extensions, data, ...(subject ? { subject } : {}) };
  } catch (error) {
    return { why: `not a CloudEvent: ${error instanceof Error ? error.message : String(error)}` };
  }
}
