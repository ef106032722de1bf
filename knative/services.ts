/**
 * Writes knative/services/: each function as a Knative Service, from its func.yaml and what `func deploy` can't set.
 * `--check` says where they differ. Applied where there is no `func`, and over what `func` has deployed.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { functionNames } from "../scripts/build.ts";
import { readOptions } from "../scripts/options.ts";

const help = `npm run services -- [--check] [--help]

Writes knative/services/: each function as a Knative Service, from its func.yaml.

  --check   writes nothing; what differs is said on stderr

Exit code: 0 when all is written or as it should be, 1 when not.
`;

/** The part of a func.yaml that AutoHeal uses. */
interface FuncYaml {
  name: string;
  run: { envs: { name?: string; value: string }[]; volumes?: { secret: string; path: string }[] };
  deploy: {
    namespace: string;
    serviceAccountName: string;
    healthEndpoints: { liveness: string; readiness: string };
    options: {
      scale: { min: number; max: number };
      resources: { requests: object; limits: { cpu: string; memory: string; concurrency: number } };
    };
  };
}

const labels = { "app.kubernetes.io/part-of": "autoheal" };

/** People call it from outside, with a token; everything else is called from inside the cluster only. */
const isPublic = (name: string) => name === "console";

/** How long a function without requests stays. */
const window = "10s";

/** How long one request may take: a handler answers within 8 s, the tick of anomaly-score within a minute. */
const timeoutSecondsOf = (name: string) => (name === "anomaly-score" ? 60 : 10);

/** The Knative Service of a function; its image is `autoheal/<name>` until kustomize or `npm run deploy` names another. */
function serviceOf({ name, run, deploy }: FuncYaml): object {
  const { scale, resources } = deploy.options;
  const { concurrency, ...limits } = resources.limits;
  // As `func` names them: its volumes stay when this is applied over what it deployed.
  const volumes = (run.volumes ?? []).map(({ secret, path }) => ({ secret, path, name: `secret-${secret}` }));
  const metadata = { ...labels, "app.kubernetes.io/name": name };
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: {
      name,
      namespace: deploy.namespace,
      labels: isPublic(name) ? metadata : { ...metadata, "networking.knative.dev/visibility": "cluster-local" },
    },
    spec: {
      template: {
        metadata: {
          labels: metadata,
          annotations: {
            "autoscaling.knative.dev/min-scale": String(scale.min),
            "autoscaling.knative.dev/max-scale": String(scale.max),
            "autoscaling.knative.dev/window": window,
          },
        },
        spec: {
          serviceAccountName: deploy.serviceAccountName,
          enableServiceLinks: false,
          containerConcurrency: concurrency,
          timeoutSeconds: timeoutSecondsOf(name),
          containers: [
            {
              image: `autoheal/${name}`,
              envFrom: run.envs.flatMap(({ name: variable, value }) => (variable ? [] : [sourceOf(value)])),
              ...optional(
                "env",
                run.envs.filter(({ name: variable }) => variable),
              ),
              resources: { requests: resources.requests, limits },
              readinessProbe: { httpGet: { path: deploy.healthEndpoints.readiness } },
              livenessProbe: { httpGet: { path: deploy.healthEndpoints.liveness } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                capabilities: { drop: ["ALL"] },
                seccompProfile: { type: "RuntimeDefault" },
              },
              ...optional(
                "volumeMounts",
                volumes.map(({ name: volume, path }) => ({ name: volume, mountPath: path, readOnly: true })),
              ),
            },
          ],
          ...optional(
            "volumes",
            volumes.map(({ name: volume, secret }) => ({
              name: volume,
              secret: { secretName: secret, optional: true },
            })),
          ),
        },
      },
    },
  };
}

/** `{{ configMap:autoheal }}` or `{{ secret:… }}`, the whole of it; a Secret may be missing: what it would switch on is off. */
function sourceOf(value: string): object {
  const [, kind, name] = /^\{\{ (configMap|secret):([a-z-]+) \}\}$/.exec(value) ?? [];
  if (!kind) throw new Error(`${value}: expected {{ configMap:name }} or {{ secret:name }}`);
  return kind === "configMap" ? { configMapRef: { name } } : { secretRef: { name, optional: true } };
}

const optional = <T>(key: string, list: readonly T[]): object => (list.length > 0 ? { [key]: list } : {});

function main(): void {
  const { values } = readOptions({ options: { help: { type: "boolean", short: "h" }, check: { type: "boolean" } } });
  if (values.help) console.log(help);
  else for (const name of functionNames) write(name, values.check ?? false);
}

function write(name: string, check: boolean): void {
  const file = new URL(`services/${name}.yaml`, import.meta.url);
  const func: FuncYaml = parse(readFileSync(new URL(`../functions/${name}/func.yaml`, import.meta.url), "utf8"));
  const text = `# Generated by \`npm run services\` from functions/${name}/func.yaml; do not edit.\n${stringify(serviceOf(func), { version: "1.1" })}`;
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`knative/services/${name}.yaml differs from functions/${name}/func.yaml: run \`npm run services\``);
    process.exitCode = 1;
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
