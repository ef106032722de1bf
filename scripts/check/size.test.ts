import { expect, test } from "vitest";
import { codeLines } from "./size.ts";

test.each([
  ["", 0],
  ["const one = 1;\n\n  \nconst two = 2;\n", 2],
  ["// why\nconst one = 1; // here\n", 1],
  ["/** One. */\nconst one = 1;\n", 1],
  ["/**\n * One,\n * in lines.\n */\nconst one = 1;\n  /* two */\n", 1],
  ["const glob = 'a/*'; const end = '*/';\n", 1],
])("%j has %i lines of code", (text, lines) => {
  expect(codeLines(text)).toBe(lines);
});
