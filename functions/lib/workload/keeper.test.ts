import type { ObjectMeta } from "kubernetes-types/meta/v1.js";
import { expect, test } from "vitest";
import { aDeployment, anAutoscaler, theObjects } from "../testing/index.ts";
import { type Keeper, readWorkload } from "./index.ts";

const owner = (controller: boolean) => [
  { apiVersion: "kafka.strimzi.io/v1", kind: "Kafka", name: "events", uid: "uid-events", controller },
];
const helm = {
  labels: { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "web" },
  annotations: { "meta.helm.sh/release-name": "web" },
};

test.each<[sentence: string, metadata: ObjectMeta, keeper: Keeper | undefined]>([
  ["nobody", {}, undefined],
  [
    "an operator, by its controller reference",
    { ownerReferences: owner(true) },
    { kind: "Operator", name: "Kafka events" },
  ],
  ["nobody, where the reference is for garbage collection only", { ownerReferences: owner(false) }, undefined],
  [
    "Argo CD, that tracks by annotation",
    { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } },
    { kind: "GitOps", name: "Argo CD" },
  ],
  [
    "Argo CD, that tracks by a label of its own",
    { labels: { "argocd.argoproj.io/instance": "shop" } },
    { kind: "GitOps", name: "Argo CD" },
  ],
  [
    "Flux's kustomize-controller",
    { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } },
    { kind: "GitOps", name: "Flux" },
  ],
  ["nobody: Helm sets nothing back before its next upgrade", helm, undefined],
])("a workload and its autoscaler are kept by %s", (_, metadata, keeper) => {
  const object = aDeployment({ metadata: { ...aDeployment().metadata, ...metadata } });
  const autoscalers = [anAutoscaler({ metadata: { ...anAutoscaler().metadata, ...metadata } })];
  const workload = readWorkload(theObjects({ object, autoscalers }));
  expect([workload.keeper, workload.autoscaler?.keeper]).toEqual([keeper, keeper]);
});
