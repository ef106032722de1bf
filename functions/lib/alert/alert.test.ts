import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Alert,
  type AlertBatch,
  alertKey,
  alertTypeOf,
  batchesOf,
  batchId,
  highestSeverity,
  maxBatchBytes,
  parseWebhook,
  severityOf,
  splitBatch,
  targetOf,
} from "./index.ts";

function anAlert(over: Partial<Alert> = {}): Alert {
  return {
    status: "firing",
    labels: { alertname: "KubePodCrashLooping", namespace: "shop", pod: "user-1", severity: "warning" },
    annotations: { summary: "user restarts again and again" },
    startsAt: "2026-01-02T03:04:05.123456789Z",
    endsAt: "0001-01-01T00:00:00Z",
    fingerprint: "d8d9c8ab1c5e7b0a",
    ...over,
  };
}

function aWebhook(over: Record<string, unknown> = {}): Record<string, unknown> {
  const group = { groupKey: '{}:{alertname="X"}', receiver: "autoheal", status: "firing", externalURL: "http://am" };
  return { version: "4", truncatedAlerts: 0, ...group, alerts: [anAlert()], ...over };
}

const withAlert = (over: object) => aWebhook({ alerts: [anAlert(), { ...anAlert(), ...over }] });

describe("a body is refused with the place and what was expected", () => {
  const rows: [name: string, body: unknown, errors: string[]][] = [
    ["no object", "hello", ["body: Invalid input: expected object, received string"]],
    ["version 3", aWebhook({ version: "3" }), ['version: Invalid input: expected "4"']],
    ["no alerts", aWebhook({ alerts: [] }), ["alerts: Too small: expected array to have >=1 items"]],
    ["missing alertname", withAlert({ labels: { pod: "a" } }), ["alerts[1].labels: expected a label alertname"]],
    ["missing labels", withAlert({ labels: undefined }), ["alerts[1].labels: expected an object of at most 256 texts"]],
    [
      "a label that is no text",
      withAlert({ labels: { alertname: "X", a: 1 } }),
      ["alerts[1].labels.a: Invalid input: expected string, received number"],
    ],
    [
      "a year before the calendar in UTC",
      withAlert({ startsAt: "0000-01-01T00:00:00+23:59" }),
      ["alerts[1].startsAt: expected a year of four digits in UTC"],
    ],
    [
      "a year after it",
      withAlert({ endsAt: "9999-12-31T23:59:59-23:59" }),
      ["alerts[1].endsAt: expected a year of four digits in UTC"],
    ],
    ["a day is no time", withAlert({ startsAt: "2026-01-02" }), ["alerts[1].startsAt: expected an RFC 3339 time"]],
    [
      "an unknown status",
      withAlert({ status: "pending" }),
      ['alerts[1].status: Invalid option: expected one of "firing"|"resolved"'],
    ],
    [
      "labels without measure",
      withAlert({ labels: { alertname: "X", a: "a".repeat(70_000) } }),
      ["alerts[1].labels: expected at most 65536 bytes"],
    ],
  ];
  test.each(rows)("%s", (_name, body, errors) => {
    expect(parseWebhook(body).errors).toEqual(errors);
  });

  test("one bad alert does not lose the others", () => {
    expect(parseWebhook(withAlert({ labels: { pod: "a" } })).webhook?.alerts).toEqual([anAlert()]);
    expect(parseWebhook(aWebhook({ alerts: [{}] })).webhook).toBeUndefined();
    expect(parseWebhook(aWebhook({ version: "3" })).webhook).toBeUndefined();
  });

  test("a thousand wrong alerts give twenty errors", () => {
    const parsed = parseWebhook(aWebhook({ alerts: Array.from({ length: 1000 }, () => ({})) }));
    expect([parsed.webhook, parsed.errors.length]).toEqual([undefined, 20]);
  });

  test("any value is either a webhook or refused with errors", () => {
    const broken = fc
      .record({ at: fc.constantFrom("alerts", "version", "labels", "startsAt", "fingerprint"), value: fc.anything() })
      .map(({ at, value }) => (at in aWebhook() ? aWebhook({ [at]: value }) : withAlert({ [at]: value })));
    fc.assert(
      fc.property(fc.oneof(fc.anything(), broken), (body) => {
        const parsed = parseWebhook(body);
        expect(parsed.webhook !== undefined || parsed.errors.length > 0).toBe(true);
      }),
    );
  });
});

test("unknown fields of newer versions are no error, and are left out", () => {
  const parsed = parseWebhook(aWebhook({ notificationReason: "first", alerts: [{ ...anAlert(), colour: "red" }] }));
  expect(parsed).toEqual({ webhook: expect.objectContaining({ alerts: [anAlert()] }), errors: [] });
});

describe("the target of labels", () => {
  const rows: [name: string, labels: Record<string, string>, target: object][] = [
    ["a pod", { namespace: "n", pod: "p" }, { by: "pod", namespace: "n", name: "p" }],
    [
      "kube-state-metrics' own pod beside a deployment",
      { namespace: "n", pod: "ksm", deployment: "d" },
      { by: "workload", namespace: "n", kind: "Deployment", name: "d" },
    ],
    [
      "a pod, as an exporter tells that is scraped without honor_labels: its own place has the plain names",
      { namespace: "monitoring", pod: "ksm", service: "ksm", exported_namespace: "n", exported_pod: "p" },
      { by: "pod", namespace: "n", name: "p" },
    ],
    [
      "a deployment, as the same exporter tells",
      { namespace: "monitoring", pod: "ksm", exported_namespace: "n", deployment: "d" },
      { by: "workload", namespace: "n", kind: "Deployment", name: "d" },
    ],
    [
      "a namespace, as the same exporter tells: its own pod is not meant",
      { namespace: "monitoring", pod: "ksm", service: "ksm", exported_namespace: "n" },
      { by: "nothing", why: "NoTargetLabels" },
    ],
    [
      "an app's own label that Prometheus has renamed: where it was scraped is meant",
      { namespace: "n", pod: "p", exported_service: "billing" },
      { by: "pod", namespace: "n", name: "p" },
    ],
    [
      "two workloads",
      { namespace: "n", deployment: "d", statefulset: "s" },
      { by: "nothing", why: "SeveralWorkloads" },
    ],
    ["no namespace", { pod: "p" }, { by: "nothing", why: "NoNamespace" }],
    ["no labels", {}, { by: "nothing", why: "NoTargetLabels" }],
    ["a node", { node: "n1" }, { by: "node", name: "n1" }],
    ["another cluster", { cluster: "b", namespace: "n", pod: "p" }, { by: "nothing", why: "ForeignCluster" }],
    [
      "a workload by name",
      { namespace: "n", autoheal_workload: "statefulset/db" },
      { by: "workload", namespace: "n", kind: "StatefulSet", name: "db" },
    ],
    [
      "a workload by a wrong name",
      { namespace: "n", autoheal_workload: "Job/x" },
      { by: "nothing", why: "BadWorkloadLabel" },
    ],
  ];
  test.each(rows)("%s", (_name, labels, target) => expect(targetOf(labels, "a")).toEqual(target));
});

test.each([
  ["the rule's own word", { autoheal_type: "memory", alertname: "KubePodCrashLooping" }, "memory"],
  ["a well-known name", { alertname: "KubeHpaMaxedOut" }, "scaling"],
  ["a word that is no type", { autoheal_type: "weather", alertname: "Rain" }, "other"],
  ["a name out of the object's prototype", { alertname: "constructor" }, "other"],
])("type by %s", (_name, labels, type) => expect(alertTypeOf(labels)).toBe(type));

test.each([
  [undefined, "none"],
  ["info", "info"],
  ["Critical", "critical"],
  ["page", "critical"],
  ["P1", "warning"],
  ["constructor", "warning"],
])("severity %s is %s", (named, severity) => expect(severityOf(named ? { severity: named } : {})).toBe(severity));

test("a batch has the highest of its alerts' severities", () => {
  const of = (...named: string[]) => highestSeverity(named.map((severity) => ({ labels: { severity } })));
  expect([of(), of("info", "critical", "warning"), of("none", "info")]).toEqual(["none", "critical", "info"]);
});

describe("batches", () => {
  const pod = (name: string, more: Record<string, string> = {}) =>
    anAlert({ labels: { alertname: "KubePodCrashLooping", namespace: "shop", pod: name, ...more }, fingerprint: name });

  test("one for each target and type, in order, heartbeats left out", () => {
    const watchdog = anAlert({ labels: { alertname: "Watchdog" } });
    const batches = batchesOf([pod("a"), watchdog, pod("b"), pod("a", { autoheal_type: "memory" }), pod("a")]);
    expect(batches.map(({ alerttype, alerts }) => [alerttype, alerts.map((alert) => alert.fingerprint)])).toEqual([
      ["crash", ["a", "a"]],
      ["crash", ["b"]],
      ["memory", ["a"]],
    ]);
  });

  const batch = (...alerts: Alert[]): AlertBatch => ({
    target: { by: "pod", namespace: "shop", name: "user-1" },
    alerttype: "crash",
    alerts,
  });

  test("the id tells episodes, states and clusters apart, and nothing else", () => {
    const [a, b] = [anAlert({ fingerprint: "a" }), anAlert({ fingerprint: "b" })];
    const id = batchId(batch(a, b), "east");
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(batchId(batch(b, { ...a, annotations: { summary: "now 12 restarts" } }), "east")).toBe(id);
    for (const other of [
      batchId(batch(a), "east"),
      batchId(batch(a, b), "west"),
      batchId(batch(a, { ...b, status: "resolved" }), "east"),
      batchId(batch(a, { ...b, startsAt: "2026-01-02T03:05:05Z" }), "east"),
    ]) {
      expect(other).not.toBe(id);
    }
  });

  test("the key of an episode has Alertmanager's milliseconds", () => {
    expect(alertKey(anAlert())).toBe(alertKey(anAlert({ startsAt: "2026-01-02T03:04:05.123Z" })));
  });

  test("parts hold every alert once, in order, each within the limit", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 2000, max: 9000 }), (summaries, limit) => {
        const alerts = summaries.map((size, i) =>
          anAlert({ fingerprint: String(i), annotations: { summary: "ä".repeat(size) } }),
        );
        const parts = splitBatch(batch(...alerts), limit);
        expect(parts.flatMap((part) => part.alerts.map((alert) => alert.fingerprint))).toEqual(
          summaries.map((_, i) => String(i)),
        );
        for (const part of parts) {
          const alone = part.alerts.length === 1;
          expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(alone ? Math.max(limit, 3000) : limit);
        }
      }),
    );
  });

  test("an alert that is too large by itself keeps its labels, and of its annotations what people are shown, cut", () => {
    const huge = anAlert({
      annotations: { summary: "s".repeat(5000), dump: "d".repeat(300_000) },
      generatorURL: "http://prometheus/graph",
    });
    const [only, ...others] = splitBatch(batch(huge));
    expect(others).toEqual([]);
    expect(only?.alerts).toEqual([anAlert({ annotations: { summary: "s".repeat(1024) } })]);
    expect(maxBatchBytes).toBe(262_144);
  });
});
