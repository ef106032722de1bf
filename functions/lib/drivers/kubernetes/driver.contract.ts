import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Pod } from "kubernetes-types/core/v1.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { markAnnotation, templateOf, withoutControllerLabels } from "../../workload/index.ts";
import { type Change, type Cluster, type ClusterObject, clusterOver } from "./cluster.ts";
import { ClusterError, type ClusterReason } from "./errors.ts";
import { loadObjects, loadWorkload, ownerOf } from "./read-workload.ts";
import { kubeconfigTransport, type Transport } from "./transport.ts";

/** What the suite runs against: any cluster with an administrator's kubeconfig. */
export interface DriverContract {
  name: string;
  /** Asked for once, before the first test. */
  kubeconfig: () => KubeConfig;
  /** A container that runs a script of Node.js on this cluster. */
  container: (script: string) => object | Promise<object>;
  /** How long whatever becomes true sooner or later may take here. */
  patienceMs: number;
}

const CRASHING = "console.log('up'); console.log('going down'); process.exitCode = 1";
const SERVING = "setInterval(() => {}, 1000)";

type PodObject = ClusterObject & Pick<Pod, "status">;

/** What the driver promises to the functions, over its own transport: what is read, written, and in which words it fails. */
export function driverContract(contract: DriverContract): void {
  describe(`the Kubernetes driver on ${contract.name}`, () => {
    const run = randomBytes(3).toString("hex");
    const namespace = `driver-${run}`;
    // AutoHeal's own kinds in a group of this run, so that a deployed AutoHeal is left alone.
    const group = `${namespace}.autoheal.dev`;
    const folder = mkdtempSync(join(tmpdir(), "autoheal-driver-"));
    const definitions = ["incidents", "healingpolicies", "healingledgers"];
    const patience = { timeout: contract.patienceMs, interval: 50 };
    let transport: Transport;
    let cluster: Cluster;

    /** The driver's own transport, of what a kubeconfig says. */
    const transportOf = (config: KubeConfig): Transport => {
      const before = process.env.KUBECONFIG;
      process.env.KUBECONFIG = join(folder, `kubeconfig-${randomBytes(3).toString("hex")}`);
      writeFileSync(process.env.KUBECONFIG, config.exportConfig());
      try {
        const { transport: own, load } = kubeconfigTransport();
        load();
        return (request) => own({ ...request, path: request.path.replace("/apis/autoheal.dev/", `/apis/${group}/`) });
      } finally {
        if (before === undefined) delete process.env.KUBECONFIG;
        else process.env.KUBECONFIG = before;
      }
    };
    const admin = (path: string, body: unknown) => transport({ method: "POST", path, body });
    const make = async (path: string, body: unknown) => {
      const answer = await admin(path, body);
      const text = (await answer.setEncoding("utf8").toArray()).join("");
      expect(answer.statusCode, text).toBe(201);
    };
    const reasonOf = (asked: Promise<unknown>): Promise<ClusterReason | "none"> =>
      asked.then(
        () => "none",
        (error) => {
          if (error instanceof ClusterError) return error.reason;
          throw error;
        },
      );
    const podSpec = (container: object) => ({
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        { ...container, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } },
      ],
    });
    const aPod = async (name: string, script = SERVING) => ({
      metadata: { name, labels: { app: name } },
      spec: podSpec(await contract.container(script)),
    });
    const aDeployment = async (name: string, replicas: number, script = SERVING) => ({
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: podSpec(await contract.container(script)) },
      },
    });
    const aService = (name: string, selector: object) => ({
      metadata: { name },
      spec: { selector, ports: [{ port: 80 }] },
    });
    const anIncident = (name: string, labels = {}) => ({
      apiVersion: `${group}/v1alpha1`,
      kind: "Incident",
      metadata: { name, labels },
      spec: { subject: "shop/Deployment/web", openedAt: "2026-01-01T12:00:00Z" },
    });
    const aStatus = (phase: string) => ({ phase, alerts: [], evidence: [], remediations: [], outbox: [] });
    const aBudget = (name: string, app: string) => ({
      metadata: { name },
      spec: { minAvailable: 1, selector: { matchLabels: { app } } },
    });
    const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    const podsOf = async (app: string) => {
      const pods = await cluster.list<PodObject>("pods", { namespace, labelSelector: `app=${app}` });
      expect(pods).not.toEqual([]);
      return pods;
    };
    const runningPod = async (name: string): Promise<PodObject> => {
      await cluster.create("pods", namespace, await aPod(name));
      return vi.waitFor(async () => {
        const pod = await cluster.get<PodObject>("pods", namespace, name);
        const ready = pod?.status?.conditions?.find(({ type }) => type === "Ready");
        expect(ready?.status).toBe("True");
        return pod as PodObject; // reason: it has a condition
      }, patience);
    };

    beforeAll(async () => {
      transport = transportOf(contract.kubeconfig());
      cluster = clusterOver(transport);
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      await cluster.create("namespaces", undefined, { metadata: { name: namespace, labels } });
      for (const plural of definitions) {
        const file = new URL(`../../../../knative/base/crds/${plural}.yaml`, import.meta.url);
        const definition = parse(readFileSync(file, "utf8"));
        definition.metadata.name = `${plural}.${group}`;
        definition.spec.group = group;
        await make("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
      }
      await vi.waitFor(() => cluster.list("incidents"), patience);
      // Pods are admitted once the account is there that they run as.
      await vi.waitFor(async () => {
        const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
        const answer = await transport({ method: "GET", path });
        answer.resume();
        expect(answer.statusCode).toBe(200);
      }, patience);
    });

    afterAll(async () => {
      for (const plural of definitions) {
        const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`;
        (await transport({ method: "DELETE", path })).resume();
      }
      await cluster.delete("namespaces", undefined, namespace);
      rmSync(folder, { recursive: true });
    });

    describe("reads and writes", () => {
      test("what is there is read, what is not is undefined", async () => {
        const made = await cluster.create("services", namespace, aService("read", { app: "read" }));
        expect(made.metadata).toMatchObject({ name: "read", namespace, uid: expect.any(String) });
        const read = await cluster.get("services", namespace, "read");
        expect(read).toMatchObject({ metadata: { uid: made.metadata.uid } });
        expect(await cluster.get("services", namespace, "unread")).toBeUndefined();
      });

      test("a list of many pages is whole, and is narrowed by labels", async () => {
        const names = ["a", "b", "c", "d", "e"].map((letter) => `listed-${letter}`);
        for (const name of names) await cluster.create("incidents", namespace, anIncident(name, { listed: "yes" }));
        const asked: string[] = [];
        const twoByTwo = clusterOver((request) => {
          asked.push(request.path);
          return transport({ ...request, path: request.path.replace("limit=500", "limit=2") });
        });
        const listed = await twoByTwo.list("incidents", { namespace, labelSelector: "listed=yes" });
        expect(listed.map(({ metadata }) => metadata.name)).toEqual(names);
        expect(asked.length).toBeGreaterThanOrEqual(3);
        expect(await cluster.list("incidents", { namespace, labelSelector: "listed=no" })).toEqual([]);
      });

      test("a merge patch with the version that was read is made once", async () => {
        const made = await cluster.create("incidents", namespace, anIncident("raced"));
        const { resourceVersion } = made.metadata;
        const patch = (status: string) =>
          cluster.patch(
            "incidents",
            namespace,
            "raced",
            { metadata: { resourceVersion }, status: aStatus(status) },
            "status",
          );
        expect(await patch("Open")).toMatchObject({
          status: { phase: "Open" },
          spec: { subject: "shop/Deployment/web" },
        });
        expect(await reasonOf(patch("Held"))).toBe("Conflict");
        expect(await cluster.get("incidents", namespace, "raced")).toMatchObject({ status: { phase: "Open" } });
      });

      test("a JSON patch replaces a whole value, and with a stale version nothing", async () => {
        await cluster.create("services", namespace, aService("replaced", { app: "a", tier: "b" }));
        const made = await cluster.get("services", namespace, "replaced");
        const replace = (selector: object) =>
          cluster.jsonPatch("services", namespace, "replaced", [
            { op: "replace", path: "/metadata/resourceVersion", value: made?.metadata.resourceVersion },
            { op: "add", path: "/metadata/annotations", value: { [markAnnotation]: "1" } },
            { op: "replace", path: "/spec/selector", value: selector },
          ]);
        expect(await replace({ app: "c" })).toMatchObject({
          metadata: { annotations: { [markAnnotation]: "1" } },
          spec: { selector: { app: "c" } },
        });
        expect(await reasonOf(replace({ app: "d" }))).toBe("Conflict");
        const after = await cluster.get<ClusterObject & { spec: object }>("services", namespace, "replaced");
        expect(after?.spec).toMatchObject({ selector: { app: "c" } });
        expect(after?.spec).not.toHaveProperty("selector.tier");
      });

      test("only the object of that uid is deleted", async () => {
        const { metadata } = await cluster.create("services", namespace, aService("deleted", { app: "x" }));
        const other = "00000000-0000-0000-0000-000000000000";
        expect(await reasonOf(cluster.delete("services", namespace, "deleted", other))).toBe("Conflict");
        await cluster.delete("services", namespace, "deleted", metadata.uid);
        expect(await cluster.get("services", namespace, "deleted")).toBeUndefined();
        expect(await reasonOf(cluster.delete("services", namespace, "deleted", metadata.uid))).toBe("NotFound");
      });
    });

    describe("failures, in the project's own reasons", () => {
      const patched = (asked: object, name = "failing") => cluster.patch("incidents", namespace, name, asked);

      test("NotFound, AlreadyExists, Invalid", async () => {
        await cluster.create("incidents", namespace, anIncident("failing"));
        expect(await reasonOf(cluster.create("incidents", namespace, anIncident("failing")))).toBe("AlreadyExists");
        expect(await reasonOf(cluster.create("incidents", "driver-nowhere", anIncident("failing")))).toBe("NotFound");
        expect(await reasonOf(patched({}, "missing"))).toBe("NotFound");
        const bySchema = { ...anIncident("bad"), spec: { subject: 1 } };
        expect(await reasonOf(cluster.create("incidents", namespace, bySchema))).toBe("Invalid");
        const byRule = patched({ spec: { subject: "shop/Deployment/other" } });
        expect(await reasonOf(byRule)).toBe("Invalid");
        const ofOtherKind = { ...anIncident("bad"), kind: "Other" };
        expect(await reasonOf(cluster.create("incidents", namespace, ofOtherKind))).toBe("Invalid");
        const failedTest = [{ op: "test", path: "/spec/subject", value: "other" }];
        expect(await reasonOf(cluster.jsonPatch("incidents", namespace, "failing", failedTest))).toBe("Invalid");
      });

      test("Forbidden, for what a ServiceAccount has no right to", async () => {
        const config = contract.kubeconfig();
        config.users = config.users.map((user) => ({
          ...user,
          impersonateUser: `system:serviceaccount:${namespace}:default`,
        }));
        const nobody = clusterOver(transportOf(config));
        expect(await reasonOf(nobody.get("pods", namespace, "any"))).toBe("Forbidden");
        expect(await reasonOf(nobody.list("deployments"))).toBe("Forbidden");
        expect(await reasonOf(nobody.log(namespace, "any", "any", { previous: false, tailLines: 1 }))).toBe(
          "Forbidden",
        );
        expect(await reasonOf(nobody.evict(namespace, "any", "any"))).toBe("Forbidden");
        const watched = nobody.watch("pods", { namespace }, vi.fn(), vi.fn(), AbortSignal.timeout(5000));
        expect(await reasonOf(watched)).toBe("Forbidden");
      });

      test("Unavailable, where nobody listens", async () => {
        const config = contract.kubeconfig();
        config.clusters = config.clusters.map((one) => ({
          ...one,
          server: `${new URL(one.server).protocol}//127.0.0.1:1`,
        }));
        expect(await reasonOf(clusterOver(transportOf(config)).get("pods", namespace, "any"))).toBe("Unavailable");
      });
    });

    describe("watches", () => {
      /** A watch that is known to follow: what it listed and saw, and the paths that it asked for. */
      const follow = async (selection: object, rewrite: (path: string, nth: number) => string = (path) => path) => {
        const seen = { lists: [] as string[][], changes: [] as string[] };
        const stop = new AbortController();
        let watches = 0;
        const watching = clusterOver((request) => {
          const nth = request.path.includes("watch=true") ? ++watches : 0;
          return transport({ ...request, path: rewrite(request.path, nth) });
        });
        const ended = watching.watch<ClusterObject>(
          "incidents",
          { namespace, ...selection },
          (objects) => seen.lists.push(objects.map(({ metadata }) => metadata.name)),
          ({ type, object }: Change<ClusterObject>) => seen.changes.push(`${type} ${object.metadata.name}`),
          stop.signal,
        );
        return { seen, stop: () => stop.abort(), ended };
      };
      const labels = (value: string) => ({ labels: { watched: value } });

      test("what is there comes first, then each change in order, until the signal", async () => {
        await cluster.create("incidents", namespace, anIncident("watched-a", { watched: "yes" }));
        const { seen, stop, ended } = await follow({ labelSelector: "watched=yes" });
        await vi.waitFor(() => expect(seen.lists).toEqual([["watched-a"]]), patience);
        await cluster.create("incidents", namespace, anIncident("watched-b", { watched: "yes" }));
        await cluster.patch("incidents", namespace, "watched-a", { metadata: { annotations: { more: "yes" } } });
        await cluster.patch("incidents", namespace, "watched-b", { metadata: labels("no") });
        await cluster.delete("incidents", namespace, "watched-a");
        const all = ["ADDED watched-b", "MODIFIED watched-a", "DELETED watched-b", "DELETED watched-a"];
        await vi.waitFor(() => expect(seen.changes).toEqual(all), patience);
        stop();
        await ended;
        expect(seen.lists).toHaveLength(1);
      });

      test("where the server has forgotten the version (410), it lists again and goes on", async () => {
        await cluster.create("incidents", namespace, anIncident("again-a", { watched: "again" }));
        // The definition is younger than version 1, so that no server knows what was then.
        const { seen, stop, ended } = await follow({ labelSelector: "watched=again" }, (path, nth) =>
          nth === 1 ? path.replace(/resourceVersion=\d+/, "resourceVersion=1") : path,
        );
        await vi.waitFor(() => expect(seen.lists).toEqual([["again-a"], ["again-a"]]), patience);
        await cluster.create("incidents", namespace, anIncident("again-b", { watched: "again" }));
        await vi.waitFor(() => expect(seen.changes).toEqual(["ADDED again-b"]), patience);
        stop();
        await ended;
      });
    });

    describe("workloads", () => {
      const deployment = (name: string) => ({ kind: "Deployment", namespace, name }) as const;

      test("a workload is read with its own revisions and pods only; a rollback makes the earlier ReplicaSet current", async () => {
        await cluster.create("deployments", namespace, await aDeployment("web", 1));
        await cluster.create("deployments", namespace, await aDeployment("other", 1));
        await vi.waitFor(() => podsOf("other"), patience);
        const first = await vi.waitFor(async () => {
          const workload = await loadWorkload(cluster, deployment("web"));
          expect(workload).toMatchObject({ replicas: 1, revisions: [{ number: 1 }], pods: [{}] });
          return workload;
        }, patience);
        await cluster.patch("deployments", namespace, "web", {
          spec: { template: { metadata: { annotations: { version: "2" } } } },
        });
        const second = await vi.waitFor(async () => {
          const workload = await loadWorkload(cluster, deployment("web"));
          expect(workload?.revisions.map(({ number }) => number)).toEqual([2, 1]);
          return workload;
        }, patience);
        expect(second?.revisions[1]?.uid).toBe(first?.revisions[0]?.uid);
        expect(second?.revisions[0]?.fingerprint).not.toBe(first?.revisions[0]?.fingerprint);

        const rollBack = async () => {
          const objects = await loadObjects(cluster, deployment("web"));
          const earlier = objects?.revisions.find(({ metadata }) => metadata?.uid === first?.revisions[0]?.uid);
          const template = earlier && templateOf("Deployment", earlier);
          await cluster.jsonPatch("deployments", namespace, "web", [
            { op: "replace", path: "/metadata/resourceVersion", value: objects?.object.metadata?.resourceVersion },
            { op: "replace", path: "/spec/template", value: template && withoutControllerLabels(template) },
          ]);
        };
        await vi.waitFor(rollBack, patience); // its controller writes the object too
        await vi.waitFor(async () => {
          const workload = await loadWorkload(cluster, deployment("web"));
          expect(workload?.revisions.map(({ uid, number }) => [uid, number])).toEqual([
            [first?.revisions[0]?.uid, 3],
            [second?.revisions[0]?.uid, 2],
          ]);
        }, patience);
        expect(await loadWorkload(cluster, deployment("nothing"))).toBeUndefined();
      });

      test("the owner of what an alert names is found, or why there is none", async () => {
        await cluster.create("deployments", namespace, await aDeployment("owner", 1));
        await cluster.create("services", namespace, aService("owner", { app: "owner" }));
        await cluster.create("services", namespace, aService("outside", {}));
        const scaling = (name: string, kind: string) => ({
          metadata: { name },
          spec: { scaleTargetRef: { apiVersion: "apps/v1", kind, name: "owner" }, maxReplicas: 2 },
        });
        await cluster.create("horizontalpodautoscalers", namespace, scaling("owner", "Deployment"));
        await cluster.create("horizontalpodautoscalers", namespace, scaling("odd", "ReplicationController"));
        const [pod] = await vi.waitFor(() => podsOf("owner"), patience);
        const name = pod?.metadata.name ?? "";
        const found = { found: true, workload: deployment("owner") };
        const none = (why: string) => ({ found: false, why });

        expect(await ownerOf(cluster, { by: "pod", namespace, name })).toEqual(found);
        expect(await ownerOf(cluster, { by: "workload", ...deployment("owner") })).toEqual(found);
        expect(await ownerOf(cluster, { by: "service", namespace, name: "owner" })).toEqual(found);
        expect(await ownerOf(cluster, { by: "hpa", namespace, name: "owner" })).toEqual(found);
        expect(await ownerOf(cluster, { by: "hpa", namespace, name: "odd" })).toEqual(none("NotAWorkload"));
        expect(await ownerOf(cluster, { by: "service", namespace, name: "outside" })).toEqual(none("NoOwner"));
        expect(await ownerOf(cluster, { by: "service", namespace, name: "nothing" })).toEqual(none("NotFound"));
        expect(await ownerOf(cluster, { by: "pod", namespace, name: "nothing" })).toEqual(none("NotFound"));
        // A pod that is gone is known by its name; its successor has another one.
        const gone = name.replace(/.{5}$/, "zzzzz");
        expect(await ownerOf(cluster, { by: "pod", namespace, name: gone })).toEqual(found);

        await cluster.create("pods", namespace, await aPod("alone"));
        expect(await ownerOf(cluster, { by: "pod", namespace, name: "alone" })).toEqual(none("NoOwner"));
        expect(await ownerOf(cluster, { by: "container", namespace, name: "main" })).toEqual(none("SeveralOwners"));
      });
    });

    describe("pods that run", () => {
      test("a pod is evicted by its uid, and no other of that name", async () => {
        const { metadata } = await runningPod("evicted");
        const other = "00000000-0000-0000-0000-000000000000";
        expect(await reasonOf(cluster.evict(namespace, "evicted", other))).toBe("Conflict");
        await cluster.evict(namespace, "evicted", metadata.uid);
        await vi.waitFor(async () => expect(await cluster.get("pods", namespace, "evicted")).toBeUndefined(), patience);
        expect(await reasonOf(cluster.evict(namespace, "evicted", metadata.uid))).toBe("NotFound");
      });

      test("a budget that forbids it is DisruptionBudget; two budgets, which no server can follow, are Unavailable", async () => {
        const { uid } = (await runningPod("guarded")).metadata;
        await make(budgets, aBudget("guarded", "guarded"));
        const evicted = () => reasonOf(cluster.evict(namespace, "guarded", uid));
        await vi.waitFor(async () => expect(await evicted()).toBe("DisruptionBudget"), patience);
        await make(budgets, aBudget("guarded-more", "guarded"));
        await vi.waitFor(async () => expect(await evicted()).toBe("Unavailable"), patience);
        expect((await cluster.get("pods", namespace, "guarded"))?.metadata.deletionTimestamp).toBeUndefined();
      });

      test("a crash loop is read as one, with the log's end of the run before", async () => {
        await cluster.create("deployments", namespace, await aDeployment("crashing", 1, CRASHING));
        const workload = await vi.waitFor(async () => {
          const read = await loadWorkload(cluster, { kind: "Deployment", namespace, name: "crashing" });
          expect(read?.pods[0]?.containers[0]).toMatchObject({
            ready: false,
            waiting: "CrashLoopBackOff",
            lastTermination: { reason: "Error", exitCode: 1 },
          });
          return read;
        }, patience);
        const [pod] = workload?.pods ?? [];
        const log = (previous: boolean, container = "main") =>
          cluster.log(namespace, pod?.name ?? "", container, { previous, tailLines: 1 });
        await vi.waitFor(async () => expect(await log(true)).toBe("going down\n"), patience);
        expect(await log(true, "other")).toBeUndefined();
        expect(await cluster.log(namespace, "nothing", "main", { previous: false, tailLines: 1 })).toBeUndefined();
      });

      test("a pod that never restarted has no log of a run before", async () => {
        await runningPod("calm");
        expect(await cluster.log(namespace, "calm", "main", { previous: true, tailLines: 1 })).toBeUndefined();
        expect(await cluster.log(namespace, "calm", "main", { previous: false, tailLines: 1 })).toBe("");
      });
    });
  });
}
