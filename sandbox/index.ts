/**
 * The sandbox: the embedded default, for people who have no cluster at hand. A small Kubernetes whose pods are real
 * processes, Brokers and functions that scale from zero, the real Prometheus and Alertmanager, a mailbox. The functions
 * see no difference: the same bundles, environment, kubeconfig and URLs.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionNames } from "../scripts/build.ts";
import { type Api, type ReadLog, startApi, wantPorts } from "./api/index.ts";
import { type Cluster, startCluster } from "./cluster/index.ts";
import { functionConfiguration, sandboxPolicy } from "./configuration.ts";
import { type Knative, startKnative } from "./knative/index.ts";
import { type Mailbox, startMailbox } from "./mailbox.ts";
import { inNamespace, readKustomization, readManifest, repository } from "./manifests.ts";
import { findMonitoring, type Monitoring, startMonitoring } from "./monitoring/index.ts";

/** How many times faster than in production AutoHeal's, Kubernetes' and the rules' durations pass. */
export const sandboxTimeScale = 20;

/** How a sandbox is started. */
export interface SandboxOptions {
  timeScale?: number;
  /** Without it neither Prometheus nor Alertmanager run: alerts have to be posted. Default: true where they are installed. */
  monitoring?: boolean;
  /** Further environment of the functions, such as SLACK_BOT_TOKEN. */
  environment?: Record<string, string>;
  /** Where it is aborted, starting ends at its next step: what was started is ended, and the promise rejects. */
  signal?: AbortSignal;
  log?: (fields: Record<string, unknown>) => void;
}

/** A running sandbox. */
export interface Sandbox {
  api: Api;
  cluster: Cluster;
  knative: Knative;
  /** Undefined where Prometheus and Alertmanager are not to be had: the sandbox says so. */
  monitoring: Monitoring | undefined;
  mailbox: Mailbox;
  /** A file with the administrator's kubeconfig. */
  kubeconfig: string;
  /** The bearer token that `receive` and `anomaly-score` take. */
  receiveToken: string;
  stateDir: string;
  timeScale: number;
  /** Makes a namespace in which AutoHeal may act, in a mode. */
  enable(namespace: string, mode?: string): Promise<void>;
  /** Ends every process and frees every address. */
  close(): Promise<void>;
}

/** Starts a sandbox with AutoHeal in it and nothing to heal yet. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { timeScale = sandboxTimeScale, log, signal } = options;
  const monitored = (options.monitoring ?? true) && findMonitoring() !== undefined;
  await wantPorts(monitored ? [8080, 9090, 9093] : [8080]);
  const stateDir = mkdtempSync(join(tmpdir(), "autoheal-sandbox-"));
  // It holds credentials: a process that ends without `close` leaves as little of them behind as it can.
  const forget = () => rmSync(stateDir, { recursive: true, force: true });
  process.once("exit", forget);
  const receiveToken = randomBytes(24).toString("hex");
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end();
    forget();
    process.off("exit", forget);
  };
  try {
    let cluster: Cluster | undefined;
    const readLog: ReadLog = (request) => cluster?.readLog(request);
    const api = await startApi({ token: randomBytes(24).toString("hex"), readLog });
    closers.push(() => api.close());
    signal?.throwIfAborted();
    const { subnet, store } = api;
    cluster = await startCluster({ subnet, store, images, stateDir: folder(stateDir, "pods"), timeScale });
    const running = cluster;
    closers.push(() => running.close());
    const mailbox = await startMailbox(`${subnet}.0.6`);
    closers.push(() => mailbox.close());
    signal?.throwIfAborted();

    const addresses = { prometheusUrl: `http://${subnet}.0.4:9090`, alertmanagerUrl: `http://${subnet}.0.5:9093` };
    const configured = monitored ? addresses : { prometheusUrl: "", alertmanagerUrl: "" };
    await api.apply(withConfiguration(functionConfiguration(configured, timeScale)));
    await api.apply([sandboxPolicy(timeScale)]);
    const knative = await startKnative({
      subnet,
      store,
      timeScale,
      windowMs: 10_000,
      stateDir: folder(stateDir, "functions"),
      functions: functionNames.map((name) => ({
        name,
        entry: join(repository, "functions", name, "build", "index.cjs"),
        configMap: "autoheal",
        env: { ...environmentOf(name, api, stateDir, receiveToken, mailbox.url), ...options.environment },
      })),
      ...(log ? { log } : {}),
    });
    closers.push(() => knative.close());
    signal?.throwIfAborted();

    const monitoring = monitored
      ? await startMonitoring({
          subnet,
          timeScale,
          stateDir: folder(stateDir, "monitoring"),
          receiveUrl: `${knative.urlOf("receive")}/alerts`,
          token: receiveToken,
        })
      : undefined;
    if (monitoring) closers.push(() => monitoring.close());
    signal?.throwIfAborted();

    const kubeconfig = join(stateDir, "kubeconfig");
    writeFileSync(kubeconfig, api.kubeconfig("admin"), { mode: 0o600 });
    const enable = async (namespace: string, mode = "Auto") => {
      const labels = { "autoheal.dev/mode": mode };
      await api.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }]);
      await api.apply(inNamespace(readManifest(join(repository, "knative/enable/role-bindings.yaml")), namespace));
    };
    return { api, cluster, knative, monitoring, mailbox, kubeconfig, receiveToken, stateDir, timeScale, enable, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `autoheal/<app>:<version>` is a bundle of the sample apps; other images are in no registry here. */
function images(image: string): { command: string[] } | undefined {
  const [, app, version] = /^autoheal\/([a-z]+):([\w.]+)$/.exec(image) ?? [];
  const file = join(repository, "sample-apps", app ?? "", "build", `${version}.cjs`);
  return app && existsSync(file) ? { command: [process.execPath, file] } : undefined;
}

/** AutoHeal's manifests as they are deployed, with the sandbox's configuration. */
function withConfiguration(data: Record<string, string>): object[] {
  return readKustomization(join(repository, "knative/base")).map((manifest) =>
    manifest.kind === "ConfigMap" && manifest.metadata.name === "autoheal" ? { ...manifest, data } : manifest,
  );
}

/** What a pod of the function would have of its own: its ServiceAccount's credentials, and its Secrets. */
function environmentOf(
  name: string,
  api: Api,
  stateDir: string,
  token: string,
  smtpUrl: string,
): Record<string, string> {
  // receive has no credentials at all.
  if (name === "receive") return { AUTOHEAL_RECEIVE_TOKENS: token };
  const file = join(folder(stateDir, "credentials"), `${name}.yaml`);
  writeFileSync(file, api.kubeconfig({ namespace: "autoheal", serviceAccount: name }), { mode: 0o600 });
  const mail = { SMTP_URL: smtpUrl, MAIL_FROM: "autoheal@sandbox.local", MAIL_TO: "oncall@sandbox.local" };
  const more = name === "notify" ? mail : name === "anomaly-score" ? { AUTOHEAL_ANOMALY_TOKENS: token } : {};
  return { KUBECONFIG: file, ...more };
}

function folder(stateDir: string, name: string): string {
  mkdirSync(join(stateDir, name), { recursive: true });
  return join(stateDir, name);
}
