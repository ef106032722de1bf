import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that was run failed; the message is what it said. */
export class ProgramError extends Error {
  override name = "ProgramError";
  readonly exitCode: number | undefined;
  constructor(message: string, exitCode?: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a program from PATH to its end; resolves to its stdout, rejects with ProgramError. */
export function runProgram(program: string, parameters: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"] });
    let out = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (said += chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "ENOENT" ? "there is no such program in PATH" : error.message;
      reject(new ProgramError(`${program}: ${why}`));
    });
    child.on("close", (code) => {
      if (code === 0) resolve(out);
      else
        reject(
          new ProgramError(withoutLog(said) || `${program} ${parameters[0]} ended with ${code}`, code ?? undefined),
        );
    });
    child.stdin.on("error", () => undefined); // it ended before it had read all: its exit code says why
    child.stdin.end(input);
  });
}

/** What a program said, without the lines that client-go logs on the way ("E1127 07:39:30.3 memcache.go:265] …"), if more is left. */
function withoutLog(said: string): string {
  return said.replace(/^[EIW]\d{4} [\d:.]+ .*\n?/gm, "").trim() || said.trim();
}

/** True when a program of that name is in PATH and answers. */
export async function hasProgram(program: string, ...probe: string[]): Promise<boolean> {
  try {
    await runProgram(program, probe);
    return true;
  } catch {
    return false; // reason: not here, which is the question
  }
}

/** An object of a cluster or a manifest. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    creationTimestamp?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the other fields are those of any kind of object.
  [key: string]: any;
}

/** How long a webhook of the cluster's may be away, in ms: one whose pods are just being replaced is back by then. */
const webhookPatienceMs = 60_000;

/** Asks kubectl, in the current context; again where a webhook that has to agree can't be reached. All that we ask may be asked twice. */
export async function kubectl(...parameters: string[]): Promise<string> {
  try {
    return await untilWebhooksAnswer(() => runProgram("kubectl", parameters));
  } catch (error) {
    // Without a context it asks localhost:8080, where nobody is, or anybody, such as the sandbox's console.
    const lost = error instanceof ProgramError && /localhost:8080|find the requested resource/.test(error.message);
    if (!lost || (await hasProgram("kubectl", "config", "current-context"))) throw error;
    throw new ProgramError(
      "kubectl has no current context: start a cluster (`minikube start`), or set KUBECONFIG or the context",
    );
  }
}

async function untilWebhooksAnswer<T>(ask: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + webhookPatienceMs; ; await sleep(1_000)) {
    try {
      return await ask();
    } catch (error) {
      const isAway = error instanceof ProgramError && /failed calling webhook/.test(error.message);
      if (!isAway || Date.now() > until) throw error;
    }
  }
}

/** The objects that `kubectl get` finds; none where the kind is not known there. */
export async function list(...parameters: string[]): Promise<KubernetesObject[]> {
  try {
    return JSON.parse(await kubectl("get", ...parameters, "--output=json")).items;
  } catch (error) {
    if (error instanceof ProgramError && /doesn't have a resource type/.test(error.message)) return [];
    throw error;
  }
}

/** One object; undefined when it is not there. */
export async function get(...parameters: string[]): Promise<KubernetesObject | undefined> {
  const text = await kubectl("get", ...parameters, "--ignore-not-found", "--output=json");
  return text.trim() === "" ? undefined : JSON.parse(text);
}

/** Who writes, as the API server's managedFields say it. */
const fieldManager = "autoheal";

/** Applies objects server-side, as their owner: what they don't name stays as it is. Resolves to a line for each. */
export async function apply(objects: readonly KubernetesObject[], ...parameters: string[]): Promise<string[]> {
  if (objects.length === 0) return [];
  const items = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const how = ["apply", "--server-side", "--force-conflicts", `--field-manager=${fieldManager}`, "--filename=-"];
  const said = await untilWebhooksAnswer(() => runProgram("kubectl", [...how, ...parameters], items));
  return said.trim().split("\n");
}

/** True when a condition `Ready` (or the one named) stands on True for what was written last. */
export function isReady({ metadata, status }: KubernetesObject, type = "Ready"): boolean {
  const observed = status?.observedGeneration;
  const upToDate = observed === undefined || observed >= (metadata.generation ?? 0);
  return upToDate && conditionOf(status, type)?.status === "True";
}

/** Why an object is not ready, in the cluster's own words. */
export function whyNotReady({ status }: KubernetesObject): string {
  const { reason, message } = conditionOf(status, "Ready") ?? {};
  return [reason, message].filter(Boolean).join(": ") || "not yet looked at";
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

function conditionOf(status: { conditions?: Condition[] } | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
