/** `npm run deploy`: AutoHeal on the cluster of the current context. */
import { readPace } from "../monitoring/scaling/index.ts";
import { buildAll, functionNames } from "./build.ts";
import { kubectl } from "./cluster/kubectl.ts";
import { ownNamespace } from "./cluster/namespace.ts";
import type { Said } from "./deploy/configuration.ts";
import type { Way } from "./deploy/functions.ts";
import { deploy } from "./deploy/index.ts";
import { type Finding, findFunc, preflight } from "./deploy/preflight.ts";
import { overlays, renderOverlay } from "./deploy/render.ts";
import { functionImages, type Images } from "./images/index.ts";
import { readOptions } from "./options.ts";

const help = `npm run deploy -- --registry <prefix> [options]

Checks what the cluster of the current context has, builds the functions, deploys them, and waits until all is Ready.
Running it again changes nothing.

  --registry <prefix>        where images are pushed: localhost:5000/autoheal, docker.io/me (or AUTOHEAL_REGISTRY)
  --base <image>             another base image, with Node 24 in its PATH (or AUTOHEAL_BASE_IMAGE)
  --no-push                  images stay where they are built: minikube's own Docker, with the prefix dev.local
  --without-func             the rendered Knative Services also where the func CLI is found
  --overlay <name>           minikube (default) or production
  --prometheus-url <url>     Prometheus' API, as the functions reach it
  --alertmanager-url <url>   Alertmanager's API, likewise
  --set NAME=value           any other variable of the functions, in ConfigMap autoheal; may be repeated
  --time-scale <n>           for trying: durations so many times shorter than in production, and the default policy's too
  --shortest-range <d>       with --time-scale: no rate of a container's CPU or memory looks over less (default 60s)
  --timeout <seconds>        longest wait for one kind of object (default 240)
  --check                    only says what the cluster has and lacks
  --help
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    check: { type: "boolean" },
    registry: { type: "string" },
    base: { type: "string" },
    "no-push": { type: "boolean" },
    "without-func": { type: "boolean" },
    overlay: { type: "string", default: "minikube" },
    "prometheus-url": { type: "string" },
    "alertmanager-url": { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    "time-scale": { type: "string" },
    "shortest-range": { type: "string", default: "60s" },
    timeout: { type: "string", default: "240" },
  },
});

const began = Date.now();
const say = (line: string) => console.error(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}`);

/** What was said on the command line can't be used. */
class UsageError extends Error {
  override name = "UsageError";
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(help);
    return 0;
  }
  const overlay = overlays.find((one) => one === values.overlay);
  if (!overlay) throw new UsageError(`--overlay is ${values.overlay}: expected ${overlays.join(" or ")}`);
  const seconds = Number(values.timeout);
  if (!(seconds > 0)) throw new UsageError(`--timeout is ${values.timeout}: expected seconds`);
  const configuration: Said = { variables: variables(), ...pace() };

  const lacking = await look();
  if (lacking > 0) console.error(`\nnot deployed: ${lacking === 1 ? "one thing is" : `${lacking} things are`} missing`);
  if (lacking > 0 || values.check) return lacking > 0 ? 1 : 0;

  const registry = values.registry ?? process.env.AUTOHEAL_REGISTRY;
  if (!registry) {
    throw new UsageError(
      "--registry is missing: where images are pushed, such as localhost:5000/autoheal or docker.io/me",
    );
  }
  say("building the functions");
  await buildAll();
  const way = await chooseWay(registry);
  const objects = await renderOverlay(overlay, await imagesFor(way, registry));
  await deploy({ objects, way, configuration, seconds, say });
  await tellWhatNext();
  return 0;
}

/** Says what the cluster has and lacks; resolves to how many things are missing. */
async function look(): Promise<number> {
  const marks: Readonly<Record<Finding["state"], string>> = { ok: "✓", warning: "!", missing: "✗" };
  const findings = await preflight();
  for (const { state, what, advice } of findings)
    say(`${marks[state]} ${what}${advice ? `\n         → ${advice}` : ""}`);
  return findings.filter(({ state }) => state === "missing").length;
}

async function chooseWay(registry: string): Promise<Way> {
  const { found, builds } = values["without-func"] ? { found: false, builds: false } : await findFunc();
  if (!found)
    say(`${values["without-func"] ? "without func" : "no func here"}: the Knative Services as they are rendered`);
  else say(builds ? "func builds and deploys" : "func deploys; it has no container engine to build with");
  if (!found) return { by: "services" };
  return builds ? { by: "func", registry } : { by: "func-images" };
}

async function imagesFor(way: Way, registry: string): Promise<Images> {
  // func names its images itself.
  if (way.by === "func") return Object.fromEntries(functionNames.map((name) => [name, `${registry}/${name}`]));
  const base = values.base ?? process.env.AUTOHEAL_BASE_IMAGE;
  return functionImages({ registry, ...(base ? { base } : {}), push: !values["no-push"], say });
}

function pace(): Pick<Said, "pace"> {
  const timeScale = values["time-scale"];
  if (timeScale === undefined) return {};
  try {
    return { pace: readPace(timeScale, values["shortest-range"]) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The variables that were said, by name. */
function variables(): Record<string, string> {
  const said = values.set.map((one) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(one) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--set is ${one}: expected NAME=value`);
    return [name, value];
  });
  return {
    ...(values["prometheus-url"] ? { PROMETHEUS_URL: values["prometheus-url"] } : {}),
    ...(values["alertmanager-url"] ? { ALERTMANAGER_URL: values["alertmanager-url"] } : {}),
    ...Object.fromEntries(said),
  };
}

async function tellWhatNext(): Promise<void> {
  const url = await kubectl(
    "get",
    "services.serving.knative.dev",
    "console",
    `--namespace=${ownNamespace}`,
    "--output=jsonpath={.status.url}",
  );
  say("all is Ready");
  console.log(`
  console        ${url}   (token: kubectl get secret autoheal-console -n ${ownNamespace} -o jsonpath='{.data.AUTOHEAL_CONSOLE_TOKENS}' | base64 -d)
  Alertmanager   posts to http://receive.${ownNamespace}.svc.cluster.local/alerts, with the bearer token of Secret autoheal-receive
  let it act     npx autoheal enable <namespace>
  look           npm run status
`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
