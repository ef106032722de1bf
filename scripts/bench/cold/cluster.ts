import { ApiException, CoreV1Api, CustomObjectsApi, KubeConfig, type V1Pod, Watch } from "@kubernetes/client-node";
import { functionNames } from "../../build.ts";
import { firstRequests } from "../../first-event/index.ts";
import { probe } from "./prober.ts";

/** One function from zero to its first answer, in ms. Each part begins where the one before ends. */
export interface FromZero {
  name: string;
  /** From the event until a pod is made: the activator holds the event, the autoscaler decides. */
  decisionMs: number;
  /** Until the pod has a node. */
  schedulingMs: number;
  /** Until the process begins: volumes, network, containers. */
  containerMs: number;
  /** Until it serves, by its own clock. */
  nodeMs: number;
  /** Until the answer is back: readiness seen, event delivered and handled. */
  answerMs: number;
  totalMs: number;
  status: number;
}

/** Longest wait until a function has gone to zero, in ms. */
const patienceMs = 300_000;

const serviceLabel = "serving.knative.dev/service";

/** Measures every function of a deployed AutoHeal, `runs` times each, one after the other. */
export async function benchCluster(
  namespace: string,
  runs: number,
  token: string | undefined,
  say: (text: string) => void,
): Promise<FromZero[]> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const objects = config.makeApiClient(CustomObjectsApi);
  const rows: FromZero[] = [];
  for (const name of functionNames) {
    const service = (await objects.getNamespacedCustomObject({
      group: "serving.knative.dev",
      version: "v1",
      namespace,
      plural: "services",
      name,
    })) as KnativeService; // reason: its CRD's schema
    for (let run = 1; run <= runs; run += 1) {
      say(`${name}, ${run} of ${runs}: waiting until it is at zero`);
      await untilGone(core, namespace, name);
      rows.push(await fromZero(config, core, namespace, name, service, token));
      say(JSON.stringify(rows.at(-1)));
    }
  }
  return rows;
}

interface KnativeService {
  spec: { template: { spec: { containers: { image: string }[] } } };
  status: { address: { url: string } };
}

async function fromZero(
  config: KubeConfig,
  core: CoreV1Api,
  namespace: string,
  name: string,
  service: KnativeService,
  token: string | undefined,
): Promise<FromZero> {
  const seen = await watchPods(config, namespace, name);
  try {
    const image = service.spec.template.spec.containers[0]?.image ?? "";
    const { path, headers, ...request } = firstRequests[name as keyof typeof firstRequests]; // reason: functionNames are its keys
    const authorization = token && "authorization" in headers ? { authorization: `Bearer ${token}` } : {};
    const first = { ...request, path, headers: { ...headers, ...authorization } };
    const { sent, answered, status } = await probe(core, namespace, image, service.status.address.url + path, first);
    const { created, scheduled, pod } = await seen.first;
    const { served, sinceStartMs } = await servingOf(core, namespace, pod);
    const begun = served - sinceStartMs;
    return {
      name,
      decisionMs: created - sent,
      schedulingMs: scheduled - created,
      containerMs: begun - scheduled,
      nodeMs: sinceStartMs,
      answerMs: answered - served,
      totalMs: answered - sent,
      status,
    };
  } finally {
    seen.stop();
  }
}

/** When the first pod of a function was seen made and scheduled, stamped here: its own times are whole seconds. */
async function watchPods(config: KubeConfig, namespace: string, name: string) {
  const first = Promise.withResolvers<{ created: number; scheduled: number; pod: string }>();
  let made: { uid: string; at: number } | undefined;
  const onPod = (_phase: string, { metadata, status }: V1Pod) => {
    const now = Date.now();
    made ??= { uid: metadata?.uid ?? "", at: now };
    const isScheduled = status?.conditions?.some((one) => one.type === "PodScheduled" && one.status === "True");
    if (made.uid === metadata?.uid && isScheduled)
      first.resolve({ created: made.at, scheduled: now, pod: metadata.name ?? "" });
  };
  const watching = await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/pods`,
    { labelSelector: `${serviceLabel}=${name}` },
    onPod,
    (error) => first.reject(error ?? new Error("the watch of pods ended")),
  );
  // What comes after the first pod, or after we have stopped, is of no interest.
  first.promise.catch(() => undefined);
  return { first: first.promise, stop: () => watching.abort() };
}

/**
 * The function's own line: when it served, and how long after the start of its process. Waited for: what is at its limits
 * answers 504 before the function does.
 */
async function servingOf(core: CoreV1Api, namespace: string, pod: string) {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const line = (await logOf(core, namespace, pod)).split("\n").find((text) => text.includes('"msg":"serving"'));
    if (line !== undefined) {
      const { time, milliseconds } = JSON.parse(line) as { time: string; milliseconds: number }; // reason: the runtime's line
      return { served: Date.parse(time), sinceStartMs: milliseconds };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${pod} has not logged that it serves`);
}

/** Nothing as long as the container is being made, which is 400 to the API server. */
async function logOf(core: CoreV1Api, namespace: string, name: string): Promise<string> {
  try {
    return await core.readNamespacedPodLog({ namespace, name, container: "user-container" });
  } catch (error) {
    if (error instanceof ApiException && error.code === 400) return "";
    throw error;
  }
}

async function untilGone(core: CoreV1Api, namespace: string, name: string): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `${serviceLabel}=${name}` });
    if (items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${name} did not go to zero within ${patienceMs / 1000} s`);
}

/** A table for people, a row a run. */
export function clusterTable(rows: readonly FromZero[]): string {
  const head = ["from zero, ms", "decision", "scheduling", "container", "Node", "first answer", "total", "status"];
  const cells = rows.map((row) => [
    row.name,
    ...[row.decisionMs, row.schedulingMs, row.containerMs, row.nodeMs, row.answerMs, row.totalMs].map((ms) =>
      ms.toFixed(0),
    ),
    String(row.status),
  ]);
  return [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
