import { type AlertBatch, batchesOf } from "@autoheal/lib/alert";
import { openStatus, withAlerts } from "@autoheal/lib/incident";
import { now } from "@autoheal/lib/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf, incidentRefOf, refusalOf } from "./incoming.ts";

const alert = {
  status: "firing" as const,
  labels: { alertname: "KubePodNotReady", namespace: "shop", pod: "web-2-a" },
  annotations: { summary: "Pod is not ready." },
  startsAt: "2026-01-01T11:55:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "f1",
};
const [batch] = batchesOf([alert]) as [AlertBatch]; // reason: one alert is one batch
const withAlert = (change: object) => ({ ...batch, alerts: [alert, { ...alert, ...change }] });
const withTarget = (target: unknown) => ({ ...batch, target });

test("a batch as receive posts it is taken as it is", () => {
  expect(batchOf(batch)).toEqual(batch);
});

test.each<[sentence: string, target: unknown]>([
  ["a workload", { by: "workload", namespace: "shop", kind: "StatefulSet", name: "db" }],
  ["a service whose name is no name of Kubernetes'", { by: "service", namespace: "shop", name: "My_Service" }],
  ["a service whose name is as long as labels are", { by: "service", namespace: "shop", name: "s".repeat(60_000) }],
  ["a node", { by: "node", name: "ip-10-0-0-1.local" }],
  ["nothing", { by: "nothing", why: "NoTargetLabels" }],
])("a batch about %s is taken", (_, target) => {
  expect(batchOf(withTarget(target))).toEqual(withTarget(target));
});

const badTarget = "data.target: expected a target";
const badAlert = "data.alerts[1]: expected an alert of Alertmanager's webhook";

test.each<[sentence: string, data: unknown, why: string]>([
  ["no object", "text", "data: expected an object"],
  ["nothing", undefined, "data: expected an object"],
  ["a list", [batch], "data: expected an object"],
  ["no target", { ...batch, target: undefined }, badTarget],
  ["a target by something new", withTarget({ by: "galaxy", name: "g" }), badTarget],
  ["a workload of another kind", withTarget({ by: "workload", namespace: "shop", kind: "Job", name: "x" }), badTarget],
  ["a pod without a namespace", withTarget({ by: "pod", name: "x" }), badTarget],
  ["a pod without a name", withTarget({ by: "pod", namespace: "shop", name: "" }), badTarget],
  ["another alert type", { ...batch, alerttype: "weather" }, "data.alerttype: expected an alert type"],
  ["no alerts", { ...batch, alerts: [] }, "data.alerts: expected at least one alert"],
  ["alerts that are no list", { ...batch, alerts: alert }, "data.alerts: expected at least one alert"],
  ["an alert of another status", withAlert({ status: "pending" }), badAlert],
  ["an alert without a fingerprint", withAlert({ fingerprint: undefined }), badAlert],
  ["an alert that began at no time", withAlert({ startsAt: "yesterday" }), badAlert],
  ["an alert that began beyond the calendar", withAlert({ startsAt: "+200000-01-01T00:00:00Z" }), badAlert],
  ["an alert that began there in UTC", withAlert({ startsAt: "9999-12-31T23:59:59-23:59" }), badAlert],
  ["an alert whose time is a trap", withAlert({ startsAt: { toString: 1 } }), badAlert],
  ["an alert without an end", withAlert({ endsAt: undefined }), badAlert],
  ["a label that is no text", withAlert({ labels: { alertname: 1 } }), badAlert],
  ["an annotation that is no text", withAlert({ annotations: { summary: {} } }), badAlert],
  ["annotations that are a list", withAlert({ annotations: [] }), badAlert],
])("%s is refused, and said where", (_, data, why) => {
  expect(batchOf(data)).toEqual({ why });
});

test.each<[sentence: string, data: unknown, ref: object | undefined]>([
  [
    "an incident",
    { incident: { namespace: "shop", name: "deployment-web-1", uid: "u", more: 1 } },
    { namespace: "shop", name: "deployment-web-1", uid: "u" },
  ],
  ["no data", undefined, undefined],
  ["no incident", {}, undefined],
  ["no uid", { incident: { namespace: "shop", name: "a" } }, undefined],
  ["an empty uid", { incident: { namespace: "shop", name: "a", uid: "" } }, undefined],
  ["a name that leads elsewhere", { incident: { namespace: "shop", name: "../pods/a", uid: "u" } }, undefined],
  ["a namespace that leads elsewhere", { incident: { namespace: "..", name: "a", uid: "u" } }, undefined],
])("which incident: %s", (_, data, ref) => {
  expect(incidentRefOf(data)).toEqual(ref);
});

test.each<[sentence: string, data: unknown, refusal: object | undefined]>([
  [
    "a reason and a message",
    { remediation: "a-1", reason: "TargetGone", message: "m" },
    { remediation: "a-1", reason: "TargetGone", message: "m" },
  ],
  [
    "a reason alone",
    { remediation: "a-1", reason: "TargetGone" },
    { remediation: "a-1", reason: "TargetGone", message: "TargetGone" },
  ],
  ["no reason", { remediation: "a-1" }, undefined],
  ["no remediation", { reason: "TargetGone" }, undefined],
  ["nothing", null, undefined],
])("why it was refused: %s", (_, data, refusal) => {
  expect(refusalOf(data)).toEqual(refusal);
});

/** Any JSON, put where some of a batch belongs. */
const almost = fc.oneof(
  fc.jsonValue(),
  fc.record({ target: fc.jsonValue(), alerttype: fc.constant("other"), alerts: fc.jsonValue() }),
  fc.record({ target: fc.constant(batch.target), alerttype: fc.constant("other"), alerts: fc.array(fc.jsonValue()) }),
  fc.record({
    target: fc.constant(batch.target),
    alerttype: fc.constant("other"),
    alerts: fc.array(
      fc.record(
        {
          status: fc.constantFrom("firing", "resolved"),
          labels: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
          annotations: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
          startsAt: fc.oneof(
            fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
            fc.jsonValue(),
          ),
          endsAt: fc.oneof(fc.constant("0001-01-01T00:00:00Z"), fc.jsonValue()),
          fingerprint: fc.string(),
        },
        { noNullPrototype: true },
      ),
      { minLength: 1 },
    ),
  }),
);

test("any JSON is taken or refused, never thrown at; what is taken can be stored", () => {
  fc.assert(
    fc.property(almost, (data) => {
      const taken = batchOf(data);
      if (!("why" in taken)) withAlerts(openStatus(now), taken.alerts, now);
      incidentRefOf(data);
      incidentRefOf({ incident: data });
      refusalOf(data);
    }),
  );
});
