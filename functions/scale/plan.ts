import {
  alreadyThere,
  marked,
  markOnly,
  mergeSpec,
  notMine,
  type Order,
  type Plan,
  type Writing,
  writing,
} from "@autoheal/lib/action";
import { type Hold, hold } from "@autoheal/lib/effect";
import type { Change } from "@autoheal/lib/incident";
import { markAnnotation } from "@autoheal/lib/workload";

/** Sets the replicas to an absolute number, or raises the maximum of the autoscaler that owns them. */
export const plan: Plan = (order) => {
  const { entry, workload } = order;
  const { change, id } = entry;
  switch (change.what) {
    case "setReplicas":
      if (workload.kind === "DaemonSet") return hold("NotScalable", "a DaemonSet has one pod on each of its nodes");
      // What is to be taken back was decided after it was applied: its generation does not tell of what came in between.
      if (workload.replicas !== change.fromReplicas)
        return movedOn("its replicas", workload.replicas, change.fromReplicas);
      return writing(mergeSpec(workload, id, { replicas: change.replicas }));
    case "setMaxReplicas":
      return raise(order, change);
    case "restartRollout":
    case "restartPods":
    case "rollBack":
      return notMine(entry);
  }
};

type SetMaxReplicas = Extract<Change, { what: "setMaxReplicas" }>;

/** Two objects, two writes: the autoscaler's own mark tells that the first was done. */
function raise(
  { entry: { id }, workload, objects }: Order,
  { hpa, hpaUid, maxReplicas, fromMaxReplicas }: SetMaxReplicas,
): Writing | Hold<"AutoscalerGone" | "ChangedMeanwhile"> {
  const autoscaler = objects.autoscalers.find(({ metadata }) => metadata?.name === hpa && metadata.uid === hpaUid);
  const target = autoscaler?.spec?.scaleTargetRef;
  if (!autoscaler?.metadata || target?.kind !== workload.kind || target.name !== workload.name) {
    return hold("AutoscalerGone", `${hpa} is gone, was made anew, or scales something else`);
  }
  const mark = markOnly(workload, id);
  if (autoscaler.metadata.annotations?.[markAnnotation] === id) return alreadyThere(mark);
  const max = autoscaler.spec?.maxReplicas;
  if (max !== fromMaxReplicas) return movedOn(`the maximum of ${hpa}`, max, fromMaxReplicas);
  const metadata = marked(id, autoscaler.metadata.resourceVersion ?? "");
  const object = { kind: "HorizontalPodAutoscaler", namespace: workload.namespace, name: hpa } as const;
  return writing({ do: "merge", object, patch: { metadata, spec: { maxReplicas } } }, mark);
}

function movedOn(what: string, is: number | undefined, was: number): Hold<"ChangedMeanwhile"> {
  return hold("ChangedMeanwhile", `${what}: ${is}, not ${was} as when it was decided`);
}
