import type { Container } from "kubernetes-types/core/v1.js";
import type { Pod } from "../objects.ts";

/** Why the sandbox can't run this pod as it is meant, or undefined; what only a kernel enforces is passed over. */
export function refusalOf({ spec }: Pod): string | undefined {
  const [container, ...others] = spec.containers;
  if (!container || others.length > 0 || spec.initContainers?.length) return refuse("pods of other than one container");
  const probes = ["startupProbe", "readinessProbe", "livenessProbe"] as const;
  const probe = probes.find((name) => container[name] && !container[name].httpGet);
  if (probe) return refuse(`a ${probe} other than httpGet`);
  if (container.lifecycle) return refuse("lifecycle hooks");
  const volume = spec.volumes?.find(({ emptyDir, projected }) => !emptyDir && !projected);
  if (volume) return refuse(`the volume "${volume.name}" (only emptyDir, which is never mounted)`);
  return undefined;
}

/** The one container of a pod that was not refused. */
export function onlyContainer({ spec }: Pod): Container {
  const [container] = spec.containers;
  if (!container) throw new Error("a pod without containers was not refused");
  return container;
}

function refuse(what: string): string {
  return `the sandbox does not serve ${what}`;
}
