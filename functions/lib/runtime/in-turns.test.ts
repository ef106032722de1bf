import { expect, test } from "vitest";
import { coalesced, hints, inTurns } from "./index.ts";

test("works of one key run one after the other, in the order in which they came, also after one that failed", async () => {
  const inTurn = inTurns();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    inTurn("x", work("1", true)),
    inTurn("x", work("2")),
    inTurn("x", work("3")),
  ]);
  expect(seen).toEqual(["1 begins", "1 ends", "2 begins", "2 ends", "3 begins", "3 ends"]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});

test("works of different keys don't wait for each other", async () => {
  const inTurn = inTurns();
  const never = inTurn("x", () => new Promise(() => undefined));
  expect(await Promise.race([never, inTurn("y", async () => "y")])).toBe("y");
});

test("the same work asked for many times at once runs once more after the one that runs, and all get what comes of it", async () => {
  const run = coalesced();
  const open = Promise.withResolvers<void>();
  let runs = 0;
  const work = async () => {
    runs += 1;
    const mine = runs;
    await open.promise;
    return mine;
  };
  const first = run("x", work);
  await Promise.resolve();
  const others = Array.from({ length: 50 }, () => run("x", work));
  open.resolve();
  expect(await first).toBe(1);
  expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
  expect(runs).toBe(2);
});

test("a work that failed fails for all who waited for it, and for nobody later", async () => {
  const run = coalesced();
  const failing = [1, 2].map(() => run("x", () => Promise.reject(new Error("away"))));
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await run("x", async () => "done")).toBe("done");
});

test("of many hints one looks, one waits for its turn and sees what came meanwhile, and the others are let go at once", async () => {
  const hinted = hints();
  let looks = 0;
  const open = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const look = () => open[looks++]?.promise ?? Promise.resolve();
  const first = hinted("x", look);
  await Promise.resolve();
  const second = hinted("x", look);
  await Promise.all(Array.from({ length: 50 }, () => hinted("x", look)));
  expect(looks).toBe(1);
  await hinted("y", async () => {});
  open[0]?.resolve();
  await first;
  open[1]?.reject(new Error("away"));
  await expect(second).rejects.toThrow("away");
  expect(looks).toBe(2);
  await hinted("x", look);
  expect(looks).toBe(3);
});
