import { readFileSync } from "node:fs";
import { alertTypes } from "@autoheal/lib/alert";
import { type EventKind, eventKinds, eventType, pingType } from "@autoheal/lib/event";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { filterProblem, takes } from "../sandbox/knative/index.ts";
import { filesHere, manifestFiles, read } from "./read-manifests.ts";

const functions = ["receive", "diagnose", "restart", "scale", "rollback", "notify", "anomaly-score", "console"];
const objects = read();
const of = (kind: string) => objects.filter((object) => object.kind === kind);
const triggers = of("Trigger");

/** Who gets an event of these attributes from a Broker, once for each delivery. */
const takers = (broker: string, attributes: Record<string, string>): string[] =>
  triggers
    .filter(({ spec }) => spec.broker === broker && takes(spec, { attributes, data: Buffer.alloc(0) }))
    .map(({ spec }) => spec.subscriber.ref.name + (spec.subscriber.uri ?? ""))
    .sort();

test("kustomize applies every file that is here", () => {
  expect([...manifestFiles()].sort()).toEqual(filesHere());
});

test("every object says that it is AutoHeal's: undeploying finds it by that", () => {
  for (const { kind, metadata } of objects)
    expect([kind, metadata.name, metadata.labels]).toMatchObject([
      kind,
      metadata.name,
      { "app.kubernetes.io/part-of": "autoheal" },
    ]);
});

test("every Trigger's filters are well formed, and its subscriber is a function", () => {
  for (const { spec } of triggers) {
    expect(filterProblem(spec)).toBeUndefined();
    expect(functions).toContain(spec.subscriber.ref.name);
    expect(spec).not.toHaveProperty("delivery"); // the Broker's is the one place
  }
});

const kinds = Object.entries(eventKinds as Record<string, EventKind>);
const others = kinds.filter(
  ([name]) => !["remedy.requested", "alerts.received", "notification.received"].includes(name),
);

test.each(others)("%s goes once to each function that the list names, and to no other", (name, { broker, to }) => {
  const attributes = { type: eventType(name as keyof typeof eventKinds), severity: "critical", remedy: "restart" }; // reason: a key of the list
  expect(takers(broker, attributes)).toEqual([...to].sort());
  expect(takers(broker === "alerts" ? "healing" : "alerts", attributes)).toEqual([]);
});

test.each(["restart", "scale", "rollback"])("remedy.requested for %s goes to it alone", (remedy) => {
  expect(takers("healing", { type: eventType("remedy.requested"), remedy })).toEqual([remedy]);
});

test.each(alertTypes)("alerts.received of type %s goes to diagnose", (alerttype) => {
  expect(takers("alerts", { type: eventType("alerts.received"), alerttype })).toEqual(["diagnose"]);
});

test("a whole webhook goes to receive's own path, pulse and tick to diagnose", () => {
  expect(takers("alerts", { type: eventType("notification.received") })).toEqual(["receive/broker"]);
  for (const autohealwake of ["pulse", "tick"]) {
    expect(takers("healing", { type: pingType, autohealwake })).toEqual(["diagnose"]);
  }
  expect(takers("healing", { type: pingType })).toEqual([]);
});

test("the alerts Broker is a receipt, the healing Broker answers at once, retries and buries at diagnose", () => {
  const [alerts, healing] = of("Broker");
  expect(alerts?.metadata).toMatchObject({ name: "alerts" });
  expect(alerts?.metadata).not.toHaveProperty("annotations");
  expect(alerts?.spec.delivery).toEqual({ retry: 0, timeout: "PT8S" });
  expect(healing?.metadata).toMatchObject({
    name: "healing",
    annotations: { "messaging.knative.dev/async-handler": "true" },
  });
  expect(healing?.spec.delivery).toMatchObject({
    retry: 5,
    backoffPolicy: "exponential",
    deadLetterSink: { uri: "http://diagnose.autoheal.svc/dead-letter" },
  });
});

test("every function that posts events is bound to the Broker that carries them", () => {
  const bound = of("SinkBinding").map(({ spec }) => [spec.subject.name, spec.sink.ref.name]);
  const posted = new Set(
    kinds.flatMap(([, { from, broker }]) =>
      from.filter((one) => functions.includes(one)).map((one) => `${one} ${broker}`),
    ),
  );
  expect(new Set(bound.map((pair) => pair.join(" ")))).toEqual(posted);
});

test.each(functions)("%s has a func.yaml that fits its ServiceAccount and configuration", (name) => {
  const account = of("ServiceAccount").find(({ metadata }) => metadata.name === name);
  expect(account?.automountServiceAccountToken).toBe(name === "receive" ? false : undefined);
  const func = parse(readFileSync(new URL(`../functions/${name}/func.yaml`, import.meta.url), "utf8"));
  expect(func).toMatchObject({
    specVersion: "0.36.0",
    name,
    runtime: "node",
    run: { envs: expect.arrayContaining([{ value: "{{ configMap:autoheal }}" }]) },
    deploy: { namespace: "autoheal", serviceAccountName: name, options: { scale: { min: 0 } } },
  });
});

test.each(functions)(
  "%s may be nothing but itself: no root, no writes, no capabilities; and sleeps when idle",
  (name) => {
    const [service] = read(`services/${name}.yaml`);
    const { metadata, spec } = service?.spec.template ?? {};
    expect(metadata.annotations).toMatchObject({
      "autoscaling.knative.dev/min-scale": "0",
      "autoscaling.knative.dev/max-scale": expect.stringMatching(/^[12]$/),
      "autoscaling.knative.dev/window": "10s",
    });
    expect(spec.containerConcurrency).toBeGreaterThan(0);
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
  },
);

test("only the console, which asks for a token, can be reached from outside", () => {
  const outside = functions.filter((name) => {
    const [service] = read(`services/${name}.yaml`);
    return service?.metadata.labels?.["networking.knative.dev/visibility"] !== "cluster-local";
  });
  expect(outside).toEqual(["console"]);
});

test("no rule has a wildcard, reads Secrets, or writes workloads outside of enabled namespaces", () => {
  const bound = of("ClusterRoleBinding").map(({ roleRef }) => roleRef.name);
  for (const role of [...of("ClusterRole"), ...of("Role")]) {
    for (const { apiGroups, resources, verbs } of role.rules) {
      const words: string[] = [...apiGroups, ...resources, ...verbs];
      expect(words).not.toContain("*");
      expect(words).not.toContain("secrets");
      if (!bound.includes(role.metadata.name)) continue;
      if (["apps", "autoscaling", "policy"].includes(apiGroups[0]))
        expect(["get", "list", "watch"]).toEqual(expect.arrayContaining(verbs));
    }
  }
});
