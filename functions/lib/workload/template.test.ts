import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";
import { expect, test } from "vitest";
import { restartedAt, templateFingerprint, withoutControllerLabels } from "./index.ts";

const template = (metadata: PodTemplateSpec["metadata"] = {}, image = "web:2"): PodTemplateSpec => ({
  metadata: { ...metadata, labels: { app: "web", ...metadata.labels } },
  spec: {
    containers: [{ name: "app", image, env: [{ name: "MODE", value: "a" }] }],
    terminationGracePeriodSeconds: 30,
  },
});
const calm = templateFingerprint(template());

test.each<[what: string, other: PodTemplateSpec]>([
  ["a restart by kubectl", template({ annotations: { [restartedAt]: "2026-01-01T12:00:00Z" } })],
  ["our own annotations", template({ annotations: { "autoheal.dev/remediation": "x", "autoheal.dev/any": "y" } })],
  ["the hash of a ReplicaSet", template({ labels: { "pod-template-hash": "5d4f" } })],
  ["the hash of a ControllerRevision", template({ labels: { "controller-revision-hash": "5d4f" } })],
  ["the generation of a DaemonSet's template", template({ labels: { "pod-template-generation": "3" } })],
  ["creationTimestamp: null, as ControllerRevisions have it", template({ creationTimestamp: null as never })], // reason: the API server writes null
  [
    "another order of fields",
    {
      spec: {
        terminationGracePeriodSeconds: 30,
        containers: [{ env: [{ value: "a", name: "MODE" }], image: "web:2", name: "app" }],
      },
      metadata: { labels: { app: "web" } },
    },
  ],
])("%s makes the same pods", (_, other) => {
  expect(templateFingerprint(other)).toBe(calm);
});

test.each<[what: string, other: PodTemplateSpec]>([
  ["another image", template({}, "web:3")],
  ["another label", template({ labels: { tier: "front" } })],
  ["another annotation", template({ annotations: { "prometheus.io/scrape": "true" } })],
  ["an annotation that is only like ours", template({ annotations: { "autoheal.development/x": "y" } })],
  ["another order of containers", { ...template(), spec: { containers: [] } }],
])("%s makes other pods", (_, other) => {
  expect(templateFingerprint(other)).not.toBe(calm);
});

test("no template has a fingerprint of its own", () => {
  expect(templateFingerprint(undefined)).not.toBe(calm);
});

test("a ReplicaSet's template becomes its Deployment's: only the controller's labels go", () => {
  const own = template({ labels: { "pod-template-hash": "5d4f" }, annotations: { [restartedAt]: "x" } });
  expect(withoutControllerLabels(own)).toEqual(template({ annotations: { [restartedAt]: "x" } }));
});
