import { notMine, type Plan, refOf, writing } from "@autoheal/lib/action";
import { hold } from "@autoheal/lib/effect";
import { currentRevision, markAnnotation, templateOf, withoutControllerLabels } from "@autoheal/lib/workload";

/**
 * Puts the pod template of an earlier revision back, whole, as `kubectl rollout undo` does (k8s.io/kubectl
 * polymorphichelpers/rollback.go). Revisions are named by name and uid, since a rollback renumbers them; the
 * annotations of the workload stay, as other tools own them.
 */
export const plan: Plan = ({ entry, workload, objects }) => {
  const { change, id } = entry;
  if (change.what !== "rollBack") return notMine(entry);
  const current = currentRevision(workload);
  if (current?.uid !== change.fromUid) {
    return hold("ChangedMeanwhile", `its revision is ${current?.name ?? "unknown"}, not ${change.fromRevision}`);
  }
  const known = workload.revisions.some(({ name, uid }) => name === change.toRevision && uid === change.toUid);
  const revision = known && objects.revisions.find(({ metadata }) => metadata?.uid === change.toUid);
  const template = revision ? templateOf(workload.kind, revision) : undefined;
  if (!template) return hold("RevisionGone", `its revision ${change.toRevision} is gone`);
  const annotations = { ...objects.object.metadata?.annotations, [markAnnotation]: id };
  return writing({
    do: "replace",
    object: refOf(workload),
    operations: [
      // Not `test`: a stale resourceVersion is a 409 this way, and a failed test a 422 like any other.
      { op: "replace", path: "/metadata/resourceVersion", value: workload.resourceVersion },
      { op: "add", path: "/metadata/annotations", value: annotations },
      { op: "replace", path: "/spec/template", value: withoutControllerLabels(template) },
    ],
  });
};
