import fc from "fast-check";
import { expect, test } from "vitest";
import { aToken, now, secondsAgo } from "../testing/index.ts";
import { releasable, reserve, tokensOf } from "./index.ts";

const subject = "shop/Deployment/web";

test("a ledger that was never used has no tokens", () => {
  expect(tokensOf(undefined)).toEqual([]);
});

test("a remediation and what takes it back are reserved together, after what is there", () => {
  const [there, own, back] = [aToken({ id: "a-1" }), aToken(), aToken({ id: "5c1d-1-undo", undo: true })];
  expect(reserve([there], [own, back], now)).toEqual([there, own, back]);
});

test("reserving again changes nothing: the first time counts", () => {
  const first = reserve([], [aToken({ at: secondsAgo(60) })], now);
  expect(reserve(first, [aToken({ at: secondsAgo(0) })], now)).toEqual(first);
});

test("a token that a crash left for another remedy gives way to the one that is requested", () => {
  const [left, wanted] = [aToken({ at: secondsAgo(60) }), aToken({ remedy: "rollback" })];
  expect(reserve([left], [wanted], now)).toEqual([wanted]);
});

test("reserving twice is reserving once", () => {
  const ids = fc.array(fc.constantFrom("a-1", "a-2", "b-1"), { maxLength: 5 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom("a-1", "a-2", "b-1", "b-2")), fc.nat(9), ids, (there, age, wanted) => {
      const tokens = there.map((id) => aToken({ id, at: secondsAgo(age) }));
      const ours = [...new Set(wanted)].map((id) => aToken({ id }));
      const once = reserve(tokens, ours, now);
      expect(reserve(once, ours, now)).toEqual(once);
    }),
  );
});

test.each([
  [604_799, 1],
  [604_800, 0],
])("a token of %i s ago is kept: %i", (age, kept) => {
  expect(reserve([aToken({ at: secondsAgo(age) })], [], now)).toHaveLength(kept);
});

test.each<[sentence: string, token: Parameters<typeof aToken>[0], remediations: string[], released: boolean]>([
  ["120 s old, and no remediation stands behind it", { at: secondsAgo(120) }, [], false],
  ["121 s old, and no remediation stands behind it", { at: secondsAgo(121) }, [], true],
  ["121 s old, and its remediation is there", { at: secondsAgo(121) }, ["5c1d-1"], false],
  ["another workload's", { at: secondsAgo(121), workload: "shop/Deployment/api" }, [], false],
  ["kept for taking back", { at: secondsAgo(121), undo: true }, [], false],
])("a token %s", (_sentence, token, remediations, released) => {
  expect(releasable([aToken(token)], subject, remediations, now)).toEqual(released ? ["5c1d-1"] : []);
});
