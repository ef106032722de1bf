import { expect, test } from "vitest";
import { counter, derivedMetrics, Gauge, openMetrics } from "./index.ts";

const count = (metrics = openMetrics()) => ({
  metrics,
  tell: counter(metrics, "autoheal_told_total", "Told.", ["to"]),
});

test("what was counted before anybody asked is there when somebody does, and what is counted after", async () => {
  const { metrics, tell } = count();
  tell({ to: "slack" });
  tell({ to: "slack" });
  const { type, text } = await metrics.scrape();
  expect(type).toMatch(/^text\/plain/);
  expect(text).toContain('autoheal_told_total{to="slack"} 2\n');
  tell({ to: "email" });
  expect((await metrics.scrape()).text).toContain('autoheal_told_total{to="email"} 1\n');
});

test("a metric that was never counted is named all the same", async () => {
  expect((await count().metrics.scrape()).text).toContain("# TYPE autoheal_told_total counter");
});

test("many counts lose none", async () => {
  const { metrics, tell } = count();
  for (let left = 2_500; left > 0; left -= 1) tell({ to: "slack" });
  expect((await metrics.scrape()).text).toContain('autoheal_told_total{to="slack"} 2500\n');
});

test("who asks while metrics are made anew for others shares the next ones: strangers may ask, and each is a look at the cluster", async () => {
  let looks = 0;
  const metrics = derivedMetrics(async (registry) => {
    looks += 1;
    new Gauge({ name: "looks", help: "Looks so far.", registers: [registry] }).set(looks);
    await Promise.resolve();
  });
  const texts = await Promise.all(Array.from({ length: 100 }, async () => (await metrics.scrape()).text));
  expect(looks).toBeLessThanOrEqual(2);
  expect(texts.every((text) => /^looks [12]$/m.test(text))).toBe(true);
  expect((await metrics.scrape()).text).toContain(`looks ${looks}\n`);
});
