import { expect, test } from "vitest";
import { BadEvent, binaryHeaders, parseEvent } from "./cloud-event.ts";

const binary = { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/test", "ce-type": "t" };
const structured = { "content-type": "application/cloudevents+json; charset=utf-8" };
const fields = { specversion: "1.0", id: "1", source: "/test", type: "t" };
const parseJson = (value: unknown) => parseEvent(structured, Buffer.from(JSON.stringify(value)));

test("a binary event keeps its attributes and the very bytes of its data", () => {
  const data = Buffer.from([0, 255, 10]);
  expect(parseEvent({ ...binary, "ce-alerttype": "crash", "content-type": "application/x" }, data)).toEqual({
    attributes: { specversion: "1.0", id: "1", source: "/test", type: "t", alerttype: "crash" },
    contentType: "application/x",
    data,
  });
});

test.each([
  ["JSON data", { data: { a: 1 } }, "application/json", '{"a":1}'],
  ["a JSON string", { data: "x" }, "application/json", '"x"'],
  ["text", { data: "x", datacontenttype: "text/plain" }, "text/plain", "x"],
  ["base64", { data_base64: "AAE=", datacontenttype: "application/x" }, "application/x", "\u0000\u0001"],
])("a structured event with %s is turned into bytes", (_, more, contentType, data) => {
  const event = parseJson({ ...fields, ...more });
  expect(event.contentType).toBe(contentType);
  expect(event.data.toString()).toBe(data);
});

test("numbers and booleans of a structured event become strings, null is absent", () => {
  const { attributes } = parseJson({ ...fields, count: 3, urgent: true, gone: null });
  expect(attributes).toEqual({ ...fields, count: "3", urgent: "true" });
});

test.each([
  ["no specversion", () => parseEvent({ ...binary, "ce-specversion": undefined }, Buffer.alloc(0))],
  ["an old specversion", () => parseEvent({ ...binary, "ce-specversion": "0.3" }, Buffer.alloc(0))],
  ["an empty id", () => parseEvent({ ...binary, "ce-id": "" }, Buffer.alloc(0))],
  ["no type", () => parseJson({ ...fields, type: undefined })],
  ["an attribute that is an object", () => parseJson({ ...fields, labels: {} })],
  ["a hyphen in an attribute name", () => parseEvent({ ...binary, "ce-alert-type": "x" }, Buffer.alloc(0))],
  ["a body that is no JSON", () => parseEvent(structured, Buffer.from("{"))],
  ["a batch", () => parseEvent({ "content-type": "application/cloudevents-batch+json" }, Buffer.from("[]"))],
])("%s is refused", (_, parse) => {
  expect(parse).toThrow(BadEvent);
});

test("attribute values survive the way through headers", () => {
  const attributes = { ...fields, subject: 'shop/Deployment/ä "100 %" 🦊' };
  const headers = binaryHeaders({ attributes, data: Buffer.alloc(0) });
  expect(headers["ce-subject"]).toMatch(/^[\x21-\x7e]+$/);
  expect(parseEvent(headers, Buffer.alloc(0)).attributes).toEqual(attributes);
});
