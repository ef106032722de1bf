import type { ObjectMeta } from "kubernetes-types/meta/v1.js";
import type { Keeper } from "./workload.ts";

/**
 * Marks that GitOps tools leave on what they apply again and again (Argo CD, "Resource Tracking"; Flux, kustomize-controller).
 * What Helm alone has installed nobody sets back before its next upgrade.
 */
const marks: readonly [key: string, tool: string][] = [
  ["argocd.argoproj.io/tracking-id", "Argo CD"],
  ["argocd.argoproj.io/instance", "Argo CD"],
  ["kustomize.toolkit.fluxcd.io/name", "Flux"],
];

/** Who would set back what is changed in an object, as far as the object says. */
export function keeperOf({ ownerReferences, labels, annotations }: ObjectMeta = {}): Keeper | undefined {
  const controller = ownerReferences?.find((owner) => owner.controller);
  if (controller) return { kind: "Operator", name: `${controller.kind} ${controller.name}` };
  const tool = marks.find(([key]) => (annotations?.[key] ?? labels?.[key]) !== undefined)?.[1];
  return tool === undefined ? undefined : { kind: "GitOps", name: tool };
}
