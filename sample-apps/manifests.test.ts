import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "kubernetes-types/apps/v1.js";
import type { ConfigMap, Service } from "kubernetes-types/core/v1.js";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const here = import.meta.dirname;

function documentsOf(app: string): { kind: string }[] {
  return parseAllDocuments(readFileSync(join(here, app, "manifests", `${app}.yaml`), "utf8")).map((document) =>
    document.toJS(),
  );
}

/** The manifests are typed by their kind. */
function find<T>(app: string, kind: string): T | undefined {
  return documentsOf(app).find((document) => document.kind === kind) as T | undefined;
}

const deploymentOf = (app: string) => find<Deployment>(app, "Deployment");
const podSpecOf = (app: string) => deploymentOf(app)?.spec?.template.spec;
const containerOf = (app: string) => podSpecOf(app)?.containers[0];

describe.each(["auth", "user", "api", "traffic"])("%s", (app) => {
  test("runs a version that there is", () => {
    const [repository, version] = containerOf(app)?.image?.split(":") ?? [];
    expect(repository).toBe(`autoheal/${app}`);
    expect(existsSync(join(here, app, "versions", `${version}.ts`))).toBe(true);
  });

  test("is found, scraped and probed on the port that it listens on", () => {
    const template = deploymentOf(app)?.spec?.template;
    expect(template?.metadata?.labels).toEqual({ app });
    expect(deploymentOf(app)?.spec?.selector.matchLabels).toEqual({ app });
    expect(template?.metadata?.annotations).toEqual({ "prometheus.io/scrape": "true", "prometheus.io/port": "8080" });
    expect(containerOf(app)?.ports).toEqual([{ name: "http", containerPort: 8080 }]);
    const probes = [containerOf(app)?.startupProbe, containerOf(app)?.readinessProbe, containerOf(app)?.livenessProbe];
    expect(probes.map((probe) => probe?.httpGet)).toEqual([
      { path: "/health/live", port: "http" },
      { path: "/health/ready", port: "http" },
      { path: "/health/live", port: "http" },
    ]);
  });

  test("meets restricted Pod Security", () => {
    expect(podSpecOf(app)?.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(containerOf(app)?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("takes its settings from the ConfigMap beside it", () => {
    expect(containerOf(app)?.envFrom).toEqual([{ configMapRef: { name: app } }]);
    const values = Object.values(find<ConfigMap>(app, "ConfigMap")?.data ?? {});
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(value).toBeTypeOf("string");
  });
});

test.each(["auth", "user", "api"])(
  "%s: its Service comes before its pods, which learn peers from the environment",
  (app) => {
    expect(documentsOf(app)[0]?.kind).toBe("Service");
    const service = find<Service>(app, "Service");
    expect(service?.metadata?.name).toBe(app);
    expect(service?.spec).toEqual({ selector: { app }, ports: [{ name: "http", port: 8080, targetPort: "http" }] });
    expect(podSpecOf(app)?.enableServiceLinks).toBeUndefined();
  },
);

test("the annotation depends-on says what the code calls", () => {
  for (const app of ["auth", "user", "api"]) {
    const source = readFileSync(join(here, app, "versions", "1.0.0.ts"), "utf8");
    const called = [...source.matchAll(/\bpeer\("(\w+)"\)/g)].map((match) => match[1]).sort();
    const said = deploymentOf(app)?.metadata?.annotations?.["autoheal.dev/depends-on"]?.split(",").sort() ?? [];
    expect(said, app).toEqual(called);
  }
});

test("the kustomization names every manifest", () => {
  const { resources } = parse(readFileSync(join(here, "kustomization.yaml"), "utf8"));
  const apps = readdirSync(here).filter((folder) => existsSync(join(here, folder, "manifests")));
  expect(resources.slice(1).toSorted()).toEqual(apps.map((app) => `${app}/manifests/${app}.yaml`).toSorted());
});
