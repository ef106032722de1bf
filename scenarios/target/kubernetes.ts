import http from "node:http";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

/** An object as the API server answers it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: the other fields are those of any kind of object.
  [key: string]: any;
}

/** Which object. Without an apiVersion the kind has to be one that scenarios often name. */
export interface ObjectRef {
  apiVersion?: string | undefined;
  kind: string;
  namespace?: string | undefined;
  name: string;
}

/** The API server refused a request. */
export class KubernetesError extends Error {
  override name = "KubernetesError";
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A Kubernetes API server, by HTTP. Everything but `get` throws KubernetesError on what is not 2xx. */
export interface Kubernetes {
  /** A raw request; resolves to the answer's text whatever its status. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<{ status: number; text: string }>;
  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;
  list(kind: string, namespace?: string): Promise<KubernetesObject[]>;
  create(object: object, namespace?: string): Promise<KubernetesObject>;
  /** A strategic merge patch for the built-in kinds, else a merge patch. */
  patch(ref: ObjectRef, body: object, subresource?: string): Promise<KubernetesObject>;
  /** True when it was there. */
  delete(ref: ObjectRef): Promise<boolean>;
}

const versions: Readonly<Record<string, string>> = {
  Namespace: "v1",
  Pod: "v1",
  Service: "v1",
  ConfigMap: "v1",
  Secret: "v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  ReplicaSet: "apps/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  PodDisruptionBudget: "policy/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  Incident: "autoheal.dev/v1alpha1",
  HealingPolicy: "autoheal.dev/v1alpha1",
  HealingLedger: "autoheal.dev/v1alpha1",
};

/** So long credentials and connections are used before they are read anew. */
const identityMs = 60_000;

async function connectionOf(config: KubeConfig, secure: boolean): Promise<https.RequestOptions> {
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  if (!secure) delete options.agent;
  if (options.agent instanceof https.Agent) Object.assign(options.agent, { keepAlive: true });
  return options;
}

/** Connects to a kubeconfig's current context: that of a file, or as kubectl finds it. */
export function connectKubernetes(kubeconfig?: string): Kubernetes {
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  const server = config.getCurrentCluster()?.server.replace(/\/$/, "");
  if (!server) throw new Error("KUBECONFIG names no cluster to talk to");
  const open = server.startsWith("https:") ? https.request : http.request;
  const resources = new Map<string, Promise<{ plural: string; namespaced: boolean }>>();

  // Credentials may be short-lived, and a connection is not to be made for each request.
  let known: { until: number; options: Promise<https.RequestOptions> } | undefined;
  function identity(): Promise<https.RequestOptions> {
    if (known === undefined || known.until < Date.now()) {
      known = { until: Date.now() + identityMs, options: connectionOf(config, open === https.request) };
    }
    return known.options;
  }

  const send: Kubernetes["send"] = async (method, path, body, contentType = "application/json") => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept: "application/json", ...(text === undefined ? {} : { "content-type": contentType }) };
    const options = { ...(await identity()), method, timeout: 10_000 };
    options.headers = { ...options.headers, ...headers };
    return new Promise((resolve, reject) => {
      const request = open(`${server}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer within 10 s`)));
      request.on("error", reject);
      request.end(text);
    });
  };

  async function ask(method: string, path: string, body?: unknown, contentType?: string): Promise<KubernetesObject> {
    const { status, text } = await send(method, path, body, contentType);
    if (status >= 200 && status < 300) return JSON.parse(text);
    throw new KubernetesError(status, `${method} ${path}: ${status}: ${messageOf(text)}`);
  }

  function base(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  }

  async function discover(apiVersion: string, kind: string): Promise<{ plural: string; namespaced: boolean }> {
    const { resources: all } = await ask("GET", base(apiVersion));
    const known = all as { name: string; kind: string; namespaced: boolean }[]; // reason: APIResourceList
    const found = known.find((resource) => resource.kind === kind && !resource.name.includes("/"));
    if (!found) throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
    return { plural: found.name, namespaced: found.namespaced };
  }

  async function pathOf({ apiVersion, kind, namespace, name }: Omit<ObjectRef, "name"> & { name?: string }) {
    const version = apiVersion ?? versions[kind];
    if (!version) throw new Error(`apiVersion: expected one, since ${kind} is not a kind that is known without`);
    const key = `${version} ${kind}`;
    const known = resources.get(key) ?? discover(version, kind);
    resources.set(key, known);
    known.catch(() => resources.delete(key));
    const { plural, namespaced } = await known;
    const place = namespaced && namespace ? `/namespaces/${namespace}` : "";
    return `${base(version)}${place}/${plural}${name ? `/${name}` : ""}`;
  }

  return {
    send,
    async get(ref) {
      const path = await pathOf(ref);
      try {
        return await ask("GET", path);
      } catch (error) {
        if (error instanceof KubernetesError && error.code === 404) return undefined;
        throw error;
      }
    },
    async list(kind, namespace) {
      const list = await ask("GET", await pathOf({ kind, namespace }));
      return list.items;
    },
    async create(object, namespace) {
      const { apiVersion, kind } = object as KubernetesObject; // reason: a manifest
      return ask("POST", await pathOf({ apiVersion, kind, namespace }), object);
    },
    async patch(ref, body, subresource) {
      const path = `${await pathOf(ref)}${subresource ? `/${subresource}` : ""}`;
      const builtIn = !(ref.apiVersion ?? versions[ref.kind] ?? "").includes("autoheal.dev");
      return ask("PATCH", path, body, `application/${builtIn ? "strategic-merge-patch" : "merge-patch"}+json`);
    },
    async delete(ref) {
      const path = await pathOf(ref);
      try {
        await ask("DELETE", path);
        return true;
      } catch (error) {
        if (error instanceof KubernetesError && error.code === 404) return false;
        throw error;
      }
    },
  };
}

function messageOf(text: string): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
