/** The Deployment controller: one ReplicaSet for each pod template, and the way from one to the next. */
import type { Store } from "../../api/index.ts";
import type { Clock } from "../clock.ts";
import { recorder } from "../events.ts";
import {
  controllerReference,
  type Deployment,
  isControlledBy,
  type Owned,
  type Pod,
  type ReplicaSet,
  withCondition,
} from "../objects.ts";
import { keyOf, startQueue } from "../reconcile.ts";
import { REVISION, replicaSetOf, revisionOf, templateHash, withRevision } from "./revision.ts";
import { type Plan, planPaused, planRecreate, planRollingUpdate, type SetSize } from "./scaling.ts";
import { deadlineIn, isComplete, progressing, statusOf } from "./status.ts";

const DEPLOYMENTS = "deployments.apps";
const REPLICA_SETS = "replicasets.apps";
// Progressing for these reasons runs towards no deadline.
const SETTLED = new Set(["NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused"]);

/** Follows every Deployment until the returned function is called. */
export function startDeployments(store: Store, clock: Clock): () => void {
  const record = recorder(store, clock, "deployment-controller");
  const queue = startQueue(clock, "deployment", reconcile);

  function reconcile(namespace: string, name: string): void {
    const found = store.get<Deployment>(DEPLOYMENTS, namespace, name);
    if (!found || found.metadata.deletionTimestamp) return;
    const { deployment, sets, newest } = withNewest(found);
    apply(deployment, sets, planOf(deployment, sets, newest));
    report(deployment, newest);
  }

  function setsOf({ metadata }: Deployment): ReplicaSet[] {
    const all = store.list<ReplicaSet>(REPLICA_SETS, { namespace: metadata.namespace });
    return all.filter((set) => isControlledBy(set, metadata.uid));
  }

  function seen(sets: ReplicaSet[], newest: ReplicaSet | undefined): SetSize[] {
    const byAge = sets.toSorted(
      (a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp),
    );
    return byAge.map(({ metadata, spec, status }, age) => {
      const isNew = metadata.uid === newest?.metadata.uid;
      return {
        name: metadata.name,
        isNew,
        replicas: spec.replicas ?? 1,
        available: status?.availableReplicas ?? 0,
        age,
      };
    });
  }

  function planOf(deployment: Deployment, sets: ReplicaSet[], newest: ReplicaSet | undefined): Plan {
    if (deployment.spec.paused) return planPaused(deployment, seen(sets, newest));
    if (deployment.spec.strategy?.type !== "Recreate") return planRollingUpdate(deployment, seen(sets, newest));
    const pods = store.list<Pod>("pods", { namespace: deployment.metadata.namespace });
    const old = sets.filter(({ metadata }) => metadata.uid !== newest?.metadata.uid);
    const oldPodsGone = !pods.some((pod) => old.some(({ metadata }) => isControlledBy(pod, metadata.uid)));
    return planRecreate(deployment, seen(sets, newest), oldPodsGone);
  }

  /** Finds or makes the ReplicaSet of the template as it is now, and numbers it as the latest revision. */
  function withNewest(found: Deployment) {
    const hash = templateHash(found.spec.template);
    const sets = setsOf(found);
    const existing = sets.find((set) => set.spec.template && templateHash(set.spec.template) === hash);
    const revision = Math.max(0, ...sets.filter((set) => set !== existing).map(revisionOf)) + 1;
    if (found.spec.paused) return { deployment: found, sets, newest: existing };
    const newest = existing ? renumber(existing, found, revision) : createSet(found, hash, revision);
    const { namespace, name } = found.metadata;
    const current = found.status?.conditions?.find(({ type }) => type === "Progressing");
    const isPaused = current?.reason === "DeploymentPaused";
    const [reason, what] = existing ? ["FoundNewReplicaSet", "Found"] : ["NewReplicaSetCreated", "Created"];
    const message = `${what} new replica set "${newest.metadata.name}"`;
    const condition = progressing("True", reason, message, clock.now());
    const change = (draft: Deployment) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: String(revisionOf(newest)) };
      if (existing && current && !isPaused) return;
      draft.status ??= {};
      draft.status.conditions = withCondition(draft.status.conditions, condition);
    };
    const deployment =
      store.modify<Deployment>(DEPLOYMENTS, namespace, name, change, { subresource: "status" }) ?? found;
    return { deployment, sets: setsOf(found), newest };
  }

  function createSet(deployment: Deployment, hash: string, revision: number): ReplicaSet {
    const { metadata, spec } = replicaSetOf(deployment, hash);
    const annotations = withRevision({}, deployment, revision);
    const ownerReferences = [controllerReference(deployment)];
    return store.create(REPLICA_SETS, {
      metadata: { ...metadata, annotations, ownerReferences },
      spec: { replicas: 0, ...spec },
    });
  }

  function renumber(set: ReplicaSet, deployment: Deployment, revision: number): ReplicaSet {
    const { namespace, name } = set.metadata;
    const changed = store.modify<ReplicaSet>(REPLICA_SETS, namespace, name, (draft) => {
      draft.metadata.annotations = withRevision(draft.metadata.annotations ?? {}, deployment, revision);
      if (deployment.spec.minReadySeconds) draft.spec.minReadySeconds = deployment.spec.minReadySeconds;
      else delete draft.spec.minReadySeconds;
    });
    return changed ?? set;
  }

  function apply(deployment: Deployment, sets: ReplicaSet[], plan: Plan): void {
    for (const { metadata, spec } of sets) {
      const replicas = plan.get(metadata.name);
      if (replicas === undefined) continue;
      store.modify<ReplicaSet>(REPLICA_SETS, metadata.namespace, metadata.name, (draft) => {
        draft.spec.replicas = replicas;
      });
      const before = spec.replicas ?? 0;
      const way = replicas > before ? "up" : "down";
      const message = `Scaled ${way} replica set ${metadata.name} from ${before} to ${replicas}`;
      record(deployment, "Normal", "ScalingReplicaSet", message);
    }
  }

  function report(seenDeployment: Deployment, newest: ReplicaSet | undefined): void {
    const { namespace, name, generation } = seenDeployment.metadata;
    const deployment = store.get<Deployment>(DEPLOYMENTS, namespace, name);
    if (!deployment || deployment.metadata.generation !== generation) return; // changed meanwhile: its own event is queued
    const sets = setsOf(deployment);
    const current = sets.find(({ metadata }) => metadata.uid === newest?.metadata.uid);
    const status = statusOf(deployment, sets, current, clock);
    if (deployment.spec.paused) status.conditions = paused(status.conditions);
    if (!deployment.spec.paused && isComplete(deployment, status)) forgetOld(deployment, sets, current);
    const setStatus = (draft: Deployment) => {
      draft.status = status;
    };
    store.modify(DEPLOYMENTS, namespace, name, setStatus, { subresource: "status" });
    const condition = status.conditions?.find(({ type }) => type === "Progressing");
    const isWaiting = condition && !SETTLED.has(condition.reason ?? "");
    if (isWaiting) queue.add(keyOf(deployment), Math.max(deadlineIn(deployment, condition, clock), 1));
  }

  function paused(conditions: NonNullable<Deployment["status"]>["conditions"]) {
    const current = conditions?.find(({ type }) => type === "Progressing");
    if (current?.reason === "DeploymentPaused" || current?.reason === "ProgressDeadlineExceeded")
      return conditions ?? [];
    return withCondition(conditions, progressing("Unknown", "DeploymentPaused", "Deployment is paused", clock.now()));
  }

  function forgetOld(deployment: Deployment, sets: ReplicaSet[], newest: ReplicaSet | undefined): void {
    const old = sets.filter(
      ({ metadata, spec, status }) => metadata.uid !== newest?.metadata.uid && !spec.replicas && !status?.replicas,
    );
    const surplus = old.length - (deployment.spec.revisionHistoryLimit ?? 10);
    if (surplus <= 0) return;
    const oldest = old.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
    for (const { metadata } of oldest) store.delete(REPLICA_SETS, metadata.namespace, metadata.name);
  }

  function wake({ metadata }: Owned): void {
    const owner = metadata.ownerReferences?.find(({ controller, kind }) => controller && kind === "Deployment");
    if (owner) queue.add(`${metadata.namespace}/${owner.name}`);
  }
  const stops = [
    store.watch<Deployment>(DEPLOYMENTS, ({ object }) => queue.add(keyOf(object))),
    store.watch<ReplicaSet>(REPLICA_SETS, ({ object }) => wake(object)),
    store.watch<Pod>("pods", ({ type, object }) => {
      const set = object.metadata.ownerReferences?.find(({ controller }) => controller);
      const owner = set && store.get<ReplicaSet>(REPLICA_SETS, object.metadata.namespace, set.name);
      if (type === "DELETED" && owner) wake(owner); // Recreate waits for the last old pod
    }),
  ];
  for (const deployment of store.list<Deployment>(DEPLOYMENTS)) queue.add(keyOf(deployment));
  return () => {
    for (const stop of stops) stop();
    queue.close();
  };
}
