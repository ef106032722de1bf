import { expect, test } from "vitest";
import { checkShape } from "./json-shape.ts";

const check = (text: string) => () => checkShape(new TextEncoder().encode(text));

test.each<[sentence: string, json: string]>([
  ["as many arrays as are allowed", "[".repeat(300_000)],
  ["more brackets than that in a text", `"${"[{".repeat(200_000)}"`],
  ["a quote in a text before them", `"\\"${"[".repeat(300_001)}"`],
  ["nothing", ""],
])("taken: %s", (_sentence, json) => {
  expect(check(json)).not.toThrow();
});

test.each<[sentence: string, json: string]>([
  ["arrays in arrays", "[".repeat(300_001)],
  ["objects beside each other", `[${"{},".repeat(300_000)}`],
  ["after a text that ends in a backslash", `"\\\\"${"[".repeat(300_001)}`],
])("refused: %s", (_sentence, json) => {
  expect(check(json)).toThrow("more than 300000 objects and arrays");
});
