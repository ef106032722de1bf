import { describe, expect, test } from "vitest";
import { parseFault, parseFaults } from "./fault.ts";

describe("parseFault", () => {
  test.each([
    [{ fault: "leak" }, { fault: "leak", mbPerSecond: 2 }],
    [
      { fault: "cpu", cores: 0.5 },
      { fault: "cpu", cores: 0.5 },
    ],
    [
      { fault: "errors", ratio: 1 },
      { fault: "errors", ratio: 1, code: 500 },
    ],
    [
      { fault: "exit", code: 3 },
      { fault: "exit", code: 3, afterSeconds: 0 },
    ],
    [{ fault: "stale" }, { fault: "stale" }],
  ])("%j becomes %j", (input, fault) => {
    expect(parseFault(input)).toEqual(fault);
  });

  test.each([
    [{ fault: "fire" }, 'fault "fire" is unknown: use one of leak, cpu, block, errors, slow, exit, unready, stale'],
    [{ fault: "constructor" }, 'fault "constructor" is unknown'],
    [null, "fault undefined is unknown"],
    [{ fault: "leak", mbPerSeconds: 9 }, "fault leak has no option mbPerSeconds"],
    [{ fault: "errors", ratio: 1.01 }, "ratio must be a number from 0 to 1"],
    [{ fault: "errors", code: 399 }, "code must be an integer from 400 to 599"],
    [{ fault: "cpu", cores: "2" }, "cores must be a number from 0.01 to 8"],
    [{ fault: "cpu", cores: Number.NaN }, "cores must be a number from 0.01 to 8"],
  ])("%j is refused: %s", (input, message) => {
    expect(() => parseFault(input)).toThrow(message);
  });
});

describe("parseFaults", () => {
  test("takes a JSON list", () => {
    expect(parseFaults('[{"fault":"unready"},{"fault":"slow","milliseconds":50}]')).toEqual([
      { fault: "unready" },
      { fault: "slow", milliseconds: 50 },
    ]);
  });

  test.each([
    ["leak", "not JSON"],
    ['{"fault":"leak"}', "not a list"],
  ])("refuses %s: %s", (text, message) => {
    expect(() => parseFaults(text)).toThrow(message);
  });
});
