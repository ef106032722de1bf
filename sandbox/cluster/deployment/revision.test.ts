import { expect, test } from "vitest";
import { aDeployment } from "../fixture/cluster.ts";
import type { Deployment } from "../objects.ts";
import { replicaSetOf, templateHash, withRevision } from "./revision.ts";

// The parts that a rollout reads are there; the store adds the rest.
const deployment = { ...aDeployment(), metadata: { name: "web", namespace: "shop" } } as unknown as Deployment;
const { template } = deployment.spec;

test("the hash is that of what the template says, not of how it is written or of an earlier hash", () => {
  const { metadata = {}, spec = { containers: [] } } = template;
  const turned = { spec, metadata };
  const hash = templateHash(template);
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  expect(templateHash(turned)).toBe(hash);
  expect(templateHash(replicaSetOf(deployment, hash).spec.template)).toBe(hash);
  expect(templateHash({ ...template, metadata: { ...metadata, annotations: {} } })).not.toBe(hash);
});

test("a rollback takes the next number and remembers the old one; the same number changes nothing", () => {
  const before = { "deployment.kubernetes.io/revision": "3", "deployment.kubernetes.io/revision-history": "1" };
  expect(withRevision(before, deployment, 3)).toEqual(before);
  expect(withRevision(before, deployment, 5)).toEqual({
    "deployment.kubernetes.io/revision": "5",
    "deployment.kubernetes.io/revision-history": "1,3",
  });
});

test("the Deployment's annotations are inherited, less those about itself", () => {
  const annotations = { "autoheal.dev/remediation": "r1", "deployment.kubernetes.io/revision": "9" };
  const marked = { ...deployment, metadata: { ...deployment.metadata, annotations } };
  expect(withRevision({}, marked, 1)).toEqual({
    "autoheal.dev/remediation": "r1",
    "deployment.kubernetes.io/revision": "1",
  });
});
