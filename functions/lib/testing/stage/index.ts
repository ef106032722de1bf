import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { manifestFiles, read, textOf } from "../../../../knative/read-manifests.ts";
import { type Api, startApi } from "../../../../sandbox/api/index.ts";
import type { Change, IncidentAlert, IncidentStatus, Remediation } from "../../incident/index.ts";
import type { Token } from "../../ledger/index.ts";
import { type FunctionProcess, startFunction } from "../../process/index.ts";
import type { Remedy } from "../../remedy/index.ts";
import { anAlert, aRemediation, aToken } from "../incident.ts";
import { aDeployment, aPod, aReplicaSet } from "../workload.ts";

/** An event that the stand-in for the Broker took. */
export interface Told {
  id: string;
  type: string;
  subject: string;
  remedy: string;
  data: unknown;
}

/** One action function as a process, a small API server with shop/web on it, and a Broker that only writes down. */
export interface Stage {
  api: Api;
  told: Told[];
  /** What the Broker answers. */
  broker: { answer: number };
  /** The remediation's id. */
  id: string;
  /** Posts `remedy.requested`, and resolves with the status; -1 when the connection was cut. */
  request(remediation?: string, data?: object): Promise<number>;
  /** The function's process; another one after `restart`. */
  process(): FunctionProcess;
  restart(): Promise<void>;
  /** Makes a request for this change as diagnose would, on a workload that is as in `theObjects`. */
  reserve(change: Change, more?: { entry?: Partial<Remediation>; tokens?: Token[]; alerts?: IncidentAlert[] }): void;
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind, asserted by the tests.
  object(resource: string, name: string): any;
  /** The requests by which this function wrote, as `verb resource name`. */
  writes: string[];
  /** The event that tells that it was applied, or that it failed for this reason. */
  applied(): Told;
  failed(reason: string): Told;
  /** The remediation's mark on an object. */
  markOf(resource?: string): string | undefined;
  /** Ends the process at its next request of this verb, before it is carried out or right after; the answer is lost. */
  killAt(phase: "before" | "committed", verb: string, resource?: string): void;
  close(): Promise<void>;
}

const namespace = "shop";
const subject = "shop/Deployment/web";

/** Sets the stage for a remedy; its rights are those of knative/ and knative/enable. */
export async function setStage(remedy: Remedy): Promise<Stage> {
  const api = await startApi({ token: "administrator", readLog: () => undefined });
  const { store } = api;
  // Knative's own kinds are served where Knative runs; rights and definitions are enough here.
  await api.apply(
    manifestFiles()
      .filter((file) => /namespace|crds|rbac/.test(file))
      .map(textOf),
  );
  store.create("namespaces", { metadata: { name: namespace, labels: { "autoheal.dev/mode": "Auto" } } });
  const enabled = read("enable/role-bindings.yaml").map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }));
  await api.apply(enabled);

  const told: Told[] = [];
  const broker = { answer: 202 };
  const sink = createServer(async (request, response) => {
    const taken = await eventOf(request);
    if (broker.answer < 300) told.push(taken);
    response.writeHead(broker.answer).end();
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const folder = await mkdtemp(join(tmpdir(), `${remedy}-`));
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, api.kubeconfig({ namespace: "autoheal", serviceAccount: remedy }));
  const run = () =>
    startFunction(remedy, {
      KUBECONFIG: kubeconfig,
      K_SINK: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/autoheal/healing`, // reason: it listens on TCP
    });

  const writes: string[] = [];
  api.intercept(({ verb, resource, subresource, name, user }, phase) => {
    if (phase === "before" || ["get", "list", "watch"].includes(verb) || !user.includes(":")) return;
    writes.push(`${verb} ${resource}${subresource ? `/${subresource}` : ""} ${name}`);
  });
  setScene(api);
  let process = await run();
  const incident = store.create("incidents.autoheal.dev", {
    metadata: { name: "deployment-web-1", namespace },
    spec: { workload: { kind: "Deployment", namespace, name: "web" }, subject, openedAt: new Date().toISOString() },
  });
  const uid = incident.metadata.uid;
  const id = `${uid}-1`;
  store.create("healingledgers.autoheal.dev", { metadata: { name: "default" }, spec: {} });

  const applied = (): Told => ({
    id: `${id}-applied`,
    type: "dev.autoheal.remedy.applied.v1",
    subject,
    remedy,
    data: { incident: { namespace, name: "deployment-web-1", uid }, remediation: id },
  });
  return {
    applied,
    failed: (reason) => ({
      ...applied(),
      id: `${id}-failed-${reason}`,
      type: "dev.autoheal.remedy.failed.v1",
      data: { ...(applied().data as object), reason, message: expect.any(String) }, // reason: it is one just above
    }),
    markOf: (resource = "deployments.apps") =>
      store.get(resource, namespace, "web")?.metadata.annotations?.["autoheal.dev/remediation"],
    killAt: (phase, verb, resource) => {
      const { pid } = process;
      const off = api.intercept((asked, when) => {
        if (when !== phase || asked.verb !== verb || (resource && asked.resource !== resource)) return;
        off();
        globalThis.process.kill(pid, "SIGKILL");
        return { drop: true };
      });
    },
    api,
    told,
    broker,
    id,
    writes,
    process: () => process,
    request: async (
      remediation = id,
      data = { incident: { namespace, name: "deployment-web-1", uid }, remediation },
    ) => {
      const headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": remediation,
        "ce-source": "/autoheal/diagnose",
        "ce-type": "dev.autoheal.remedy.requested.v1",
        "ce-remedy": remedy,
      };
      try {
        return (await fetch(process.url, { method: "POST", headers, body: JSON.stringify(data) })).status;
      } catch {
        return -1;
      }
    },
    restart: async () => {
      await process.end("SIGKILL");
      process = await run();
    },
    reserve: (change, { entry = {}, tokens, alerts } = {}) => {
      const at = new Date().toISOString();
      const { metadata } = store.get("deployments.apps", namespace, "web") ?? { metadata: { uid: "", generation: 0 } };
      const wanted = aRemediation({
        ...{ id, remedy, change, requestedAt: at, seenUid: metadata.uid, seenGeneration: metadata.generation ?? 0 },
        ...entry,
      });
      const status: IncidentStatus = {
        phase: "Remediating",
        alerts: alerts ?? [anAlert({ receivedAt: at, startsAt: at })],
        evidence: [],
        remediations: [wanted],
        outbox: [],
      };
      const inStatus = { subresource: "status" } as const;
      store.modify(
        "incidents.autoheal.dev",
        namespace,
        "deployment-web-1",
        (draft) => {
          draft.status = status;
        },
        inStatus,
      );
      const reserved = {
        tokens: tokens ?? [aToken({ id, remedy, at }), aToken({ id: `${id}-undo`, remedy, at, undo: true })],
      };
      store.modify(
        "healingledgers.autoheal.dev",
        undefined,
        "default",
        (draft) => {
          draft.status = reserved;
        },
        inStatus,
      );
    },
    object: (resource, name) => store.get(resource, namespace, name),
    close: async () => {
      await process.end("SIGKILL");
      sink.closeAllConnections();
      sink.close();
      await api.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The Deployment shop/web with two revisions and three pods, of which the last hangs. */
function setScene({ store }: Api): void {
  const add = (
    resource: string,
    object: { metadata?: object | undefined; status?: object | undefined },
    owners?: object[],
  ) => {
    const { uid: _, resourceVersion: __, ...metadata } = { uid: "", resourceVersion: "", ...object.metadata };
    const made = store.create(resource, {
      ...object,
      metadata: { ...metadata, ...(owners ? { ownerReferences: owners } : {}) },
    });
    const { name } = made.metadata;
    store.modify(
      resource,
      namespace,
      name,
      (draft) => {
        draft.status = object.status ?? {};
      },
      {
        subresource: "status",
      },
    );
    return [{ apiVersion: made.apiVersion, kind: made.kind, name, uid: made.metadata.uid, controller: true }];
  };
  const deployment = aDeployment({ status: { observedGeneration: 1 } });
  const owner = add("deployments.apps", deployment);
  add("replicasets.apps", aReplicaSet(1), owner);
  const current = add("replicasets.apps", aReplicaSet(2), owner);
  for (const letter of ["a", "b", "c"]) add("pods", { ...aPod(letter, letter !== "c"), ...podSpec }, current);
}

const podSpec = { spec: { containers: [{ name: "app", image: "web:2" }], nodeName: "node-1" } };

async function eventOf(request: IncomingMessage): Promise<Told> {
  let text = "";
  for await (const chunk of request) text += chunk;
  const header = (name: string) => String(request.headers[`ce-${name}`] ?? "");
  return {
    id: header("id"),
    type: header("type"),
    subject: header("subject"),
    remedy: header("remedy"),
    data: JSON.parse(text),
  };
}
