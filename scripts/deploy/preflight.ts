import { get, hasProgram, kubectl, ProgramError, runProgram } from "../cluster/kubectl.ts";

/** What a look at the cluster found. `missing` keeps AutoHeal from running there, `warning` from being of use. */
export interface Finding {
  state: "ok" | "warning" | "missing";
  what: string;
  /** How to get it, where it is not there. */
  advice?: string;
}

/** Kubernetes 1.30 serves ValidatingAdmissionPolicy v1. */
const oldestKubernetes = 30;

/** Eventing 1.15 and Serving 1.15 are the oldest whose Trigger `filters` and pod security defaults are what they are today. */
const oldestKnative = 15;

const installEventing = "https://knative.dev/docs/install/yaml-install/eventing/install-eventing-with-yaml/";
const installServing = "https://knative.dev/docs/install/yaml-install/serving/install-serving-with-yaml/";

/** Looks whether the cluster of the current context has what AutoHeal needs; never throws for what it has not. */
export async function preflight(): Promise<Finding[]> {
  if (!(await hasProgram("kubectl", "version", "--client"))) {
    return [missing("kubectl", "install it: https://kubernetes.io/docs/tasks/tools/")];
  }
  const context = await kubectl("config", "current-context").then(
    (name) => name.trim(),
    () => undefined,
  );
  let version: { serverVersion: { minor: string; gitVersion: string } };
  try {
    version = JSON.parse(await kubectl("version", "--output=json"));
  } catch (error) {
    const said = error instanceof ProgramError ? error.message.split("\n").at(-1) : String(error);
    const what = context ? `a cluster that answers (${said})` : "a cluster: kubectl has no current context";
    return [missing(what, "start one (`minikube start`), or set KUBECONFIG or the context")];
  }
  return [
    { state: "ok", what: `context ${context ?? "the default"}` },
    kubernetes(version.serverVersion),
    ...(await Promise.all([
      knative("Eventing", "brokers.eventing.knative.dev", "knative-eventing", installEventing),
      knative("Serving", "services.serving.knative.dev", "knative-serving", installServing),
      rights(),
    ])),
  ];
}

function kubernetes({ minor, gitVersion }: { minor: string; gitVersion: string }): Finding {
  const what = `Kubernetes ${gitVersion}`;
  if (Number.parseInt(minor, 10) >= oldestKubernetes) return { state: "ok", what };
  return missing(`${what}: too old`, `AutoHeal's admission policies need 1.${oldestKubernetes}`);
}

async function knative(part: string, crd: string, namespace: string, install: string): Promise<Finding> {
  const definition = await get("crd", crd);
  if (!definition) return missing(`Knative ${part} (no ${crd})`, `install it: ${install}`);
  const labels = definition.metadata.labels ?? {};
  const label =
    labels["app.kubernetes.io/version"] ??
    (await get("namespace", namespace))?.metadata.labels?.["app.kubernetes.io/version"];
  const minor = /^v?1\.(\d+)/.exec(label ?? "")?.[1];
  if (minor === undefined) return { state: "ok", what: `Knative ${part} (a version that does not say its number)` };
  if (Number(minor) >= oldestKnative) return { state: "ok", what: `Knative ${part} ${label}` };
  return missing(`Knative ${part} ${label}: too old`, `1.${oldestKnative} or newer: ${install}`);
}

const needed: readonly [verb: string, resource: string][] = [
  ["create", "namespaces"],
  ["create", "customresourcedefinitions.apiextensions.k8s.io"],
  ["create", "clusterroles.rbac.authorization.k8s.io"],
  ["escalate", "clusterroles.rbac.authorization.k8s.io"],
  ["create", "clusterrolebindings.rbac.authorization.k8s.io"],
  ["create", "validatingadmissionpolicies.admissionregistration.k8s.io"],
  ["create", "brokers.eventing.knative.dev"],
  ["create", "triggers.eventing.knative.dev"],
  ["create", "sinkbindings.sources.knative.dev"],
  ["create", "pingsources.sources.knative.dev"],
  ["create", "services.serving.knative.dev"],
  ["create", "secrets"],
];

/** To hand out rights one must have them, or may escalate. */
async function rights(): Promise<Finding> {
  const lacking: string[] = [];
  for (const [verb, resource] of needed) {
    if (!(await can(verb, resource))) lacking.push(`${verb} ${resource}`);
  }
  if (lacking.length === 0) return { state: "ok", what: "your rights" };
  return missing(
    `your rights: you may not ${lacking.join(", ")}`,
    "ask for cluster-admin, or let somebody who has it deploy",
  );
}

async function can(verb: string, resource: string): Promise<boolean> {
  try {
    return (await kubectl("auth", "can-i", verb, resource, "--all-namespaces")).includes("yes");
  } catch (error) {
    if (error instanceof ProgramError && error.exitCode === 1) return false; // its way to say no
    throw error;
  }
}

function missing(what: string, advice: string): Finding {
  return { state: "missing", what, advice };
}

/** True where `func` is found that deploys, and whether its own builder, which needs a container engine, can work. */
export async function findFunc(): Promise<{ found: boolean; builds: boolean }> {
  const found = await hasProgram("func", "version");
  const builds =
    found &&
    (await runProgram("docker", ["version", "--format", "{{.Server.Version}}"]).then(
      () => true,
      () => false,
    ));
  return { found, builds };
}
