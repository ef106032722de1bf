import type { IncomingHttpHeaders } from "node:http";

/** A CloudEvent 1.0 in transit: its context attributes as strings, and its data as the bytes that were sent. */
export interface CloudEvent {
  /** Every attribute but datacontenttype, extensions among them. */
  attributes: Readonly<Record<string, string>>;
  contentType?: string;
  data: Buffer;
}

/** The request is no CloudEvent that a Broker would take; the message says why. */
export class BadEvent extends Error {}

/** Reads an event of either content mode of the CloudEvents HTTP binding; throws BadEvent. */
export function parseEvent(headers: IncomingHttpHeaders, body: Buffer): CloudEvent {
  const contentType = headers["content-type"];
  if (contentType?.startsWith("application/cloudevents-batch")) {
    throw new BadEvent("batched content mode is not taken by Knative's Brokers");
  }
  const event = contentType?.startsWith("application/cloudevents")
    ? parseStructured(body)
    : parseBinary(headers, contentType, body);
  check(event.attributes);
  return event;
}

/** The headers that carry an event in binary content mode. */
export function binaryHeaders(event: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.attributes)) headers[`ce-${name}`] = percentEncode(value);
  if (event.contentType !== undefined) headers["content-type"] = event.contentType;
  return headers;
}

function parseBinary(headers: IncomingHttpHeaders, contentType: string | undefined, data: Buffer): CloudEvent {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith("ce-")) attributes[name.slice(3)] = percentDecode(String(value));
  }
  return contentType === undefined ? { attributes, data } : { attributes, contentType, data };
}

function parseStructured(body: Buffer): CloudEvent {
  let fields: unknown;
  try {
    fields = JSON.parse(body.toString());
  } catch {
    throw new BadEvent("the structured event is not JSON");
  }
  if (fields === null || typeof fields !== "object") throw new BadEvent("the structured event is not a JSON object");
  const { data, data_base64, datacontenttype, ...rest } = fields as Record<string, unknown>; // reason: checked above
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === null) continue;
    if (typeof value === "object") throw new BadEvent(`attribute "${name}" is neither string, number nor boolean`);
    attributes[name] = String(value);
  }
  const contentType = typeof datacontenttype === "string" ? datacontenttype : "application/json";
  if (typeof data_base64 === "string") return { attributes, contentType, data: Buffer.from(data_base64, "base64") };
  if (data === undefined) return { attributes, data: Buffer.alloc(0) };
  const text = typeof data === "string" && !/[/+]json\b/.test(contentType) ? data : JSON.stringify(data);
  return { attributes, contentType, data: Buffer.from(text) };
}

function check(attributes: Readonly<Record<string, string>>): void {
  if (attributes.specversion !== "1.0") {
    throw new BadEvent(`specversion is ${JSON.stringify(attributes.specversion ?? null)}, only "1.0" is known`);
  }
  for (const name of ["id", "source", "type"]) {
    if (!attributes[name]) throw new BadEvent(`required attribute "${name}" is missing or empty`);
  }
  const odd = Object.keys(attributes).find((name) => !/^[a-z0-9]+$/.test(name));
  if (odd !== undefined) throw new BadEvent(`attribute name "${odd}" is not of lower-case letters and digits`);
}

// CloudEvents HTTP binding 3.1.3.2: space, double-quote, percent and all but printable ASCII are percent-encoded.
function percentEncode(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

function percentDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
