import { expect, test } from "vitest";
import { deadLetter, durationMs, readDelivery } from "./delivery.ts";

test.each([
  ["PT1S", 1000],
  ["PT0.2S", 200],
  ["PT1M30S", 90_000],
  ["P1DT2H", 93_600_000],
])("%s is %i ms", (text, milliseconds) => {
  expect(durationMs(text)).toBe(milliseconds);
});

test.each(["", "P", "PT", "1s", "PT1", "P1Y", "PT-1S"])("%j is no duration", (text) => {
  expect(() => durationMs(text)).toThrow("ISO 8601");
});

test("exponential back-off doubles from the delay on, linear grows from nothing, as Knative counts from 0", () => {
  const delays = (backoffPolicy: "linear" | "exponential", timeScale = 1) =>
    [0, 1, 2, 3].map(readDelivery({ retry: 4, backoffPolicy, backoffDelay: "PT1S" }, timeScale).backoffMs);
  expect(delays("exponential")).toEqual([1000, 2000, 4000, 8000]);
  expect(delays("linear")).toEqual([0, 1000, 2000, 3000]);
  expect(delays("exponential", 20)).toEqual([50, 100, 200, 400]);
});

test("without a delivery nothing is retried or timed out, and the time scale leaves timeouts alone", () => {
  expect(readDelivery({}, 20)).toMatchObject({ retries: 0 });
  expect(readDelivery({}, 20)).not.toHaveProperty("timeoutMs");
  expect(readDelivery({ timeout: "PT8S" }, 20)).toMatchObject({ timeoutMs: 8000 });
});

test("a dead letter is the event with where, why and at most 1024 characters of what was answered", () => {
  const event = { attributes: { id: "1", type: "t" }, contentType: "text/plain", data: Buffer.from("data") };
  const refusal = { ok: false, code: 503, body: Buffer.from("x".repeat(2000)), explained: true } as const;
  const letter = deadLetter(event, "http://there/path", refusal);
  expect(letter.attributes).toMatchObject({
    id: "1",
    type: "t",
    knativeerrordest: "http://there/path",
    knativeerrorcode: "503",
  });
  expect(letter.attributes.knativeerrordata).toHaveLength(1024);
  expect(letter.data).toBe(event.data);
  expect(deadLetter(event, "http://there/path", { ...refusal, explained: false })).toEqual(event);
});
