import { expect, test } from "vitest";
import { parse } from "yaml";
import { prometheusConfiguration } from "./configuration.ts";

test("kubelet and kube-state-metrics keep their own labels, pods get those of discovery", () => {
  const { scrape_configs } = parse(
    prometheusConfiguration({ metrics: "127.9.0.3:8080", alertmanager: "127.9.0.5:9093", rules: ["r.yaml"] }),
  );
  const honoring = scrape_configs.map((job: Record<string, unknown>) => [job.job_name, job.honor_labels ?? false]);
  expect(honoring).toEqual([
    ["kubelet", true],
    ["kube-state-metrics", true],
    ["pods", false],
  ]);
});
