import { expect, test } from "vitest";
import { aloneTable, summaries } from "./alone.ts";

const start = (all: number) => ({ readyMs: all, readyCpuMs: all, answerMs: all, answerCpuMs: all, peakMiB: all });

test("of each contender the least and the median, in relation to the first one's", () => {
  const starts = new Map([
    ["bare node:http", [30, 20, 10].map(start)],
    ["receive", [15, 60, 30].map(start)],
  ]);
  const [bare, receive] = summaries(starts);
  expect(bare?.measures.readyMs).toEqual({ min: 10, median: 20, minRatio: 1, medianRatio: 1 });
  expect(receive?.measures.peakMiB).toEqual({ min: 15, median: 30, minRatio: 1.5, medianRatio: 1.5 });
  expect(aloneTable(summaries(starts)).split("\n").at(-1)).toMatch(
    /^\| receive \| 15 \/ 30 \(1\.50 \/ 1\.50 x\) \|.*\| 1\.3 x, 1\.3 x \|$/,
  );
});
