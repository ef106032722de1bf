import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { findMonitoringPrograms } from "../scripts/setup/programs.mjs";

const file = fileURLToPath(new URL("alertmanager/alertmanager.yaml", import.meta.url));
const configuration = (name: string) => parse(readFileSync(new URL(`alertmanager/${name}`, import.meta.url), "utf8"));

async function amtool(...args: string[]): Promise<string> {
  const programs = findMonitoringPrograms();
  if (programs === undefined) throw new Error("amtool is missing: run `node scripts/setup.mjs`");
  const { stdout } = await promisify(execFile)(programs.amtool, args);
  return stdout;
}

test("Alertmanager takes the configuration", async () => {
  expect(await amtool("check-config", file)).toContain("SUCCESS");
});

test.each<[string, string, string[]]>([
  [
    "an alert of ours",
    "autoheal",
    ["alertname=ContainerOOMKilled", "severity=critical", "autoheal_type=memory", "namespace=shop"],
  ],
  [
    "a warning of the kubernetes-mixin",
    "autoheal",
    ["alertname=KubePodCrashLooping", "severity=warning", "namespace=shop"],
  ],
  ["an anomaly", "autoheal", ["alertname=Anomaly", "severity=warning", "autoheal_type=anomaly", "namespace=shop"]],
  ["the heartbeat", "autoheal", ["alertname=Watchdog", "severity=none"]],
  ["what is only for information", "nobody", ["alertname=CPUThrottlingHigh", "severity=info", "namespace=shop"]],
  ["the inhibitor of information", "nobody", ["alertname=InfoInhibitor", "severity=none", "namespace=shop"]],
  ["an alert without a severity", "nobody", ["alertname=Something"]],
])("%s goes to %s", async (_, receiver, labels) => {
  const stdout = await amtool(
    "config",
    "routes",
    "test",
    `--config.file=${file}`,
    `--verify.receivers=${receiver}`,
    ...labels,
  );
  expect(stdout.trim()).toBe(receiver);
});

test("each webhook is whole, tells of resolved alerts, and nothing inhibits", () => {
  for (const name of ["alertmanager.yaml", "receivers-broker.yaml"]) {
    const { receivers } = configuration(name);
    expect(receivers.map((receiver: { name: string }) => receiver.name)).toEqual(["nobody", "autoheal"]);
    expect(receivers[1].webhook_configs).toMatchObject([{ send_resolved: true, max_alerts: 0 }]);
  }
  expect(configuration("alertmanager.yaml").inhibit_rules).toEqual([]);
});

test("what goes to the Broker is a CloudEvent", () => {
  const [, autoheal] = configuration("receivers-broker.yaml").receivers;
  const { http_headers } = autoheal.webhook_configs[0].http_config;
  const headers = Object.entries(http_headers).map(([name, header]) => [name, (header as { values: string[] }).values]);
  expect(Object.fromEntries(headers)).toEqual({
    "ce-id": ["alertmanager"],
    "ce-source": ["/alertmanager"],
    "ce-specversion": ["1.0"],
    "ce-type": ["dev.autoheal.notification.received.v1"],
  });
});
