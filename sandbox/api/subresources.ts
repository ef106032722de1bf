import { isReady } from "./disruption.ts";
import type { KubernetesObject } from "./object.ts";
import { applyPatch } from "./patch.ts";
import { matchesLabels } from "./selector.ts";
import { badRequest, conflict, invalid, StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";
import { type ApiAnswer, type ApiRequest, deleteOptions, existing, refusal } from "./verbs.ts";

/** What of a container's log is asked for; `previous` is the run before the latest restart. */
export interface LogRequest {
  namespace: string;
  pod: string;
  container: string;
  previous: boolean;
  tailLines: number | undefined;
  limitBytes: number | undefined;
}

/** Reads a container's log; undefined where that run does not exist. */
export type ReadLog = (request: LogRequest) => string | undefined | Promise<string | undefined>;

/** GET, PUT and PATCH of /scale: the replicas of a workload as an autoscaling/v1 Scale. */
export function serveScale(store: Store, { info, contentType, body }: ApiRequest): ApiAnswer {
  const { kind, namespace, name = "", verb } = info;
  const { metadata, spec, status } = existing(store, info);
  const { uid, resourceVersion, creationTimestamp } = metadata;
  const labels = Object.entries(spec?.selector?.matchLabels ?? {});
  const selector = labels.map(([key, value]) => `${key}=${value}`).join(",");
  const scale = {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec?.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0, selector },
  };
  if (verb === "get") return { code: 200, body: scale };
  if (verb !== "update" && verb !== "patch") throw refusal(info);
  const wanted = verb === "patch" ? applyPatch(contentType, scale, body, true) : body;
  const stale = wanted?.metadata?.resourceVersion;
  if (stale !== undefined && stale !== "" && stale !== resourceVersion) throw conflict(info.resource, name);
  const replicas = wanted?.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
    throw invalid("Scale.autoscaling", name, [{ reason: "FieldValueInvalid", message, field: "spec.replicas" }]);
  }
  store.modify<KubernetesObject>(kind.resource, namespace, name, (draft) => {
    draft.spec = { ...draft.spec, replicas };
  });
  const after = existing(store, info).metadata.resourceVersion;
  return { code: 200, body: { ...scale, metadata: { ...scale.metadata, resourceVersion: after }, spec: { replicas } } };
}

/** GET of a pod's /log as plain text. */
export async function serveLog(store: Store, { info, query }: ApiRequest, readLog: ReadLog): Promise<ApiAnswer> {
  const { namespace = "", name = "" } = info;
  for (const parameter of ["follow", "timestamps", "sinceSeconds", "sinceTime", "insecureSkipTLSVerifyBackend"]) {
    if (!["false", null].includes(query.get(parameter)))
      throw badRequest(`the sandbox does not serve logs with ${parameter}`);
  }
  const pod = existing(store, info);
  const names: string[] = (pod.spec?.containers ?? []).map((one: { name: string }) => one.name);
  const container = query.get("container") ?? (names.length === 1 ? names[0] : undefined);
  if (container === undefined) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(" ")}]`);
  }
  if (!names.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const previous = query.get("previous") === "true";
  const number = (key: string) => (query.get(key) === null ? undefined : Number(query.get(key)));
  const [tailLines, limitBytes] = [number("tailLines"), number("limitBytes")];
  const text = await readLog({ namespace, pod: name, container, previous, tailLines, limitBytes });
  if (text !== undefined) return { code: 200, body: text };
  if (previous) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const statuses: { name: string; state?: { waiting?: { reason?: string } } }[] = pod.status?.containerStatuses ?? [];
  const reason = statuses.find((one) => one.name === container)?.state?.waiting?.reason ?? "ContainerCreating";
  throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${reason}`);
}

/** POST of a pod's /eviction, as pkg/registry/core/pod/storage/eviction.go does. */
export function serveEviction(store: Store, { info, query, body }: ApiRequest): ApiAnswer {
  if (info.verb !== "create") throw refusal(info);
  const { namespace = "", name = "" } = info;
  if (body?.metadata?.name !== name) throw badRequest("name in URL does not match name in Eviction object");
  const pod = existing(store, info);
  const options = deleteOptions(query, body.deleteOptions);
  const ended = ["Succeeded", "Failed", "Pending"].includes(pod.status?.phase);
  if (!ended && pod.metadata.deletionTimestamp === undefined) askBudget(store, pod);
  store.delete("pods", namespace, name, options);
  return { code: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } };
}

// The real server counts the disruption down here; in the sandbox the deletion that follows at once does.
function askBudget(store: Store, pod: KubernetesObject): void {
  const { namespace, labels = {} } = pod.metadata;
  const [budget, ...others] = store
    .list("poddisruptionbudgets.policy", { namespace })
    .filter((one) => matchesLabels(one.spec.selector, labels));
  if (budget === undefined) return;
  if (others.length > 0) {
    const many = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw new StatusError(500, "", many);
  }
  const { desiredHealthy = 0, currentHealthy = 0, disruptionsAllowed = 0 } = budget.status ?? {};
  const isBroken = !isReady(pod) && currentHealthy >= desiredHealthy && desiredHealthy > 0;
  if (isBroken || disruptionsAllowed > 0) return;
  const needs = `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  throw new StatusError(429, "TooManyRequests", message, {
    causes: [{ reason: "DisruptionBudget", message: `The disruption budget ${budget.metadata.name} ${needs}` }],
  });
}
