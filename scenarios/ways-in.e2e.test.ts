/** An Alertmanager that tells AutoHeal both ways, receive directly and Broker "alerts" by `http_headers`: one incident. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { kubectl } from "../scripts/cluster/kubectl.ts";
import { recordedImages } from "../scripts/images/index.ts";
import { manifestsIn } from "./manifests.ts";
import { clusterTarget, type Target } from "./target/index.ts";

let target: Target;

beforeAll(async () => {
  target = await clusterTarget(recordedImages());
});

afterAll(() => target?.close());

/** The ways by which receive has taken webhooks that were no heartbeat, as its log says; its pod stays for some seconds after the last one. */
async function waysTaken(since: string): Promise<string[]> {
  const log = await kubectl(
    "logs",
    "--namespace=autoheal",
    "--selector=serving.knative.dev/service=receive",
    "--container=user-container",
    `--since-time=${since}`,
  );
  const lines = log.split("\n").filter((line) => line.includes('"webhook taken"'));
  return lines.map((line) => JSON.parse(line)).flatMap(({ way, events }) => (events > 0 ? way : []));
}

test("the same alert comes both ways, and is one alert of one incident", async ({ skip }) => {
  const status = (await target.alertmanager("GET", "/api/v2/status")) as { config: { original: string } }; // reason: Alertmanager's OpenAPI, v2
  if (!status.config.original.includes("http_headers")) skip("this Alertmanager does not tell the Broker");
  const { kubernetes } = target;
  const namespace = `ways-${randomBytes(2).toString("hex")}`;
  await kubernetes.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  onTestFinished(async () => void (await kubernetes.delete({ kind: "Namespace", name: namespace })));
  for (const manifest of manifestsIn("sample-apps/auth/manifests/auth.yaml"))
    await kubernetes.create(target.adapted(manifest), namespace);

  const labels = { alertname: "WaysIn", namespace, deployment: "auth", severity: "warning" };
  const begun = new Date().toISOString();
  const endsAt = new Date(Date.now() + 120_000).toISOString();
  await target.alertmanager("POST", "/api/v2/alerts", [{ labels, endsAt }]);

  const taken = new Set<string>();
  for (const deadline = Date.now() + 60_000; taken.size < 2 && Date.now() < deadline; await sleep(500))
    for (const way of await waysTaken(begun)) taken.add(way);
  expect([...taken].sort()).toEqual(["alerts", "broker"]);
  const incidents = await kubernetes.list("Incident", namespace);
  expect(incidents.map(({ metadata, status }) => [metadata.name, status.alerts.length])).toEqual([
    ["deployment-auth-1", 1],
  ]);
});
