/** `npm start`: AutoHeal against the sandbox; breaks one service by itself, and shows what happens. */
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { buildAll } from "../scripts/build.ts";
import { readOptions } from "../scripts/options.ts";
import { breakages, breakService } from "./breakage.ts";
import { startControl } from "./control.ts";
import { startEntrance } from "./entrance.ts";
import { startSandbox } from "./index.ts";
import { inNamespace, readManifest, repository } from "./manifests.ts";
import { startStandIn } from "./monitoring/index.ts";
import { storyLines, type ToldIncident } from "./story.ts";

const help = `npm start -- [--fault <fault> | --nothing] [--port <port>] [--help]

Runs AutoHeal against the sandbox: sample apps that are real processes, the real Prometheus and Alertmanager.
Breaks one service by itself and tells what happens. Ctrl-C ends everything.

  --fault <fault>   what to break first; \`npm run break -- --help\` lists them (default: bad-version)
  --nothing         break nothing
  --port <port>     where the console is served (default: 8080, or the next free one)
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    fault: { type: "string" },
    nothing: { type: "boolean" },
    port: { type: "string", default: "8080" },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const { fault } = values;
if (fault !== undefined && !Object.hasOwn(breakages, fault)) {
  refuse(`no fault ${fault}; there are ${Object.keys(breakages).join(", ")}`);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) refuse(`--port is ${values.port}: expected 1 to 65535`);
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
const namespace = "shop";
const began = Date.now();
const elapsed = () => `${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s`;
const say = (text: string) => console.log(`${elapsed()}  ${text}`);
const sayBroken = (fault: string, line: string) =>
  say(`${fault === "mend" ? "mended:    " : `broken:    ${fault}: `}${line}`);

/** Waits for something that the cluster says, looking four times a second; throws after `seconds`. */
async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const closers: (() => Promise<void>)[] = [];
const stopping = new AbortController();
/** Two signals within this time, in ms, are one Ctrl-C. */
const sameKeyMs = 500;
let stoppedAt = 0;
let stage: "building" | "starting" | "up" = "building";
async function close(code: number): Promise<never> {
  for (const end of closers.splice(0).reverse()) await end();
  process.exit(code);
}
/** Ends what runs, or what is just being started; asked twice, at once. npm passes on what the terminal has sent already. */
function stop(): void {
  const again = stopping.signal.aborted;
  if (again && Date.now() - stoppedAt < sameKeyMs) return;
  if (again || stage === "building") process.exit(130);
  stoppedAt = Date.now();
  console.log("\nending everything …");
  stopping.abort();
  if (stage === "up") void close(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);

const [load = 0] = loadavg();
if (load > 5 * availableParallelism()) {
  say(
    `THIS MACHINE IS BUSY (load ${load.toFixed(0)} on ${availableParallelism()} cores): what is slow only for that is taken for trouble, and healing may not be proven.`,
  );
}
try {
  say("building functions and sample apps …");
  await buildAll();
  say("starting the sandbox …");
  stage = "starting";
  const sandbox = await startSandbox({
    signal: stopping.signal,
    log: ({ msg, trigger, code }) => say(`broker     ${msg}: ${trigger} (${code})`),
  });
  closers.push(() => sandbox.close());
  stopping.signal.throwIfAborted();
  stage = "up";
  const { api } = sandbox;
  const { store, subnet } = api;
  if (!sandbox.monitoring) {
    say(
      "NO PROMETHEUS AND ALERTMANAGER HERE: the sandbox watches pods itself and posts the alerts, marked as posted by it.",
    );
    const standIn = startStandIn({
      store,
      namespace,
      receiveUrl: `${sandbox.knative.urlOf("receive")}/alerts`,
      token: sandbox.receiveToken,
    });
    closers.push(async () => standIn.close());
  }
  await sandbox.enable(namespace);
  const apps = ["auth", "user", "api", "traffic"];
  for (const app of apps)
    await api.apply(
      inNamespace(readManifest(join(repository, "sample-apps", app, "manifests", `${app}.yaml`)), namespace),
    );
  say(`deployed ${apps.join(", ")} in namespace ${namespace}; waiting until they are available …`);
  await until("the sample apps are available", 60, () =>
    store
      .list<{ status?: { availableReplicas?: number }; spec: { replicas: number } }>("deployments.apps", { namespace })
      .every(({ spec, status }) => (status?.availableReplicas ?? 0) >= spec.replicas),
  );

  const told = new Map<string, ToldIncident>();
  store.watch<ToldIncident & { metadata: { uid: string } }>("incidents.autoheal.dev", ({ object }) => {
    const { name } = object.metadata;
    for (const line of storyLines(told.get(name), object, colour))
      say(`${object.spec.subject.split("/").at(-1)?.padEnd(8)} ${line}`);
    told.set(name, object);
  });

  const control = await startControl(`${subnet}.0.7`, store, namespace, sayBroken);
  closers.push(() => control.close());
  const entrance = await startEntrance(port, sandbox.knative.urlOf("console"));
  closers.push(() => entrance.close());
  say("all is up:");
  console.log(`
        console        ${entrance.url}
        Prometheus     ${sandbox.monitoring?.prometheusUrl ?? "not here"}
        Alertmanager   ${sandbox.monitoring?.alertmanagerUrl ?? "not here"}
        scores         curl -H "Authorization: Bearer ${sandbox.receiveToken}" \\
                         "${sandbox.knative.urlOf("anomaly-score")}/score?workload=${namespace}/Deployment/user&step=1s&judged=15s"
        Kubernetes     curl -H "Authorization: Bearer ${sandbox.api.tokenFor("autoheal", "console")}" \\
                         ${sandbox.api.url}/apis/autoheal.dev/v1alpha1/incidents    (kubectl sends no token without TLS)
        break more     npm run break -- --help
        end            Ctrl-C
`);
  if (!values.nothing) {
    const first = fault ?? (sandbox.monitoring ? "bad-version" : "hang");
    const breakage = breakages[first];
    if (!breakage) throw new Error(`no fault ${first}`);
    say(`a quarter of a minute of healthy traffic first, to compare with; then user is broken: ${breakage.about}`);
    const healthy = Date.now() + 15_000;
    await until("healthy traffic", 20, () => Date.now() > healthy);
    for (const line of await breakService(store, breakage, { namespace, service: "user" })) sayBroken(first, line);
  }
} catch (error) {
  if (stopping.signal.aborted) {
    // What runs is being ended already.
    if (stage === "starting") await close(130);
  } else {
    console.error(error instanceof Error ? error.message : error);
    await close(1);
  }
}

/** What was said on the command line can't be used. */
function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
