import type { HeldAlert } from "@autoheal/lib/alert";
import { type Cluster, ClusterError, type ClusterObject } from "@autoheal/lib/drivers/kubernetes";
import type { OutgoingEvent } from "@autoheal/lib/event";
import { type Incident, type IncidentStatus, subjectHash, subjectLabel } from "@autoheal/lib/incident";
import { anAlert, anIncident, now, secondsAgo } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { onTick, type Waking } from "./wake.ts";

type Stored = ClusterObject & Incident;

/** A cluster of these incidents, whose namespaces hold Deployments of any name. Those of `broken` take no incident. */
function clusterOf(incidents: Stored[], broken = ""): Cluster {
  const known: Partial<Cluster> = {
    // reason: each answers as the API server does to what the tick asks it
    get: (async (resource, namespace, name) =>
      resource === "deployments" || resource === "pingsources"
        ? { metadata: { name, namespace } }
        : undefined) as Cluster["get"],
    list: (async (_resource, { namespace, labelSelector } = {}) =>
      incidents.filter(
        ({ metadata }) =>
          (!namespace || metadata.namespace === namespace) &&
          (!labelSelector || labelSelector === `${subjectLabel}=${metadata.labels?.[subjectLabel]}`),
      )) as Cluster["list"],
    create: (async (_resource, namespace, object) => {
      if (namespace === broken) throw new ClusterError("Forbidden", "the namespace is being terminated");
      const { metadata, ...rest } = object as Stored;
      const made = { ...rest, metadata: { ...metadata, uid: metadata.name, resourceVersion: "1" } };
      incidents.push(made);
      return made;
    }) as Cluster["create"],
    patch: (async (_resource, namespace, name, { status }: { status: IncidentStatus }) => {
      const at = incidents.findIndex(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      const patched = { ...incidents[at], status } as Stored;
      incidents[at] = patched;
      return patched;
    }) as Cluster["patch"],
  };
  return known as Cluster;
}

const held = (namespace: string, more: Partial<HeldAlert> = {}): HeldAlert => ({
  status: "firing",
  state: "active",
  labels: { alertname: "KubeDeploymentReplicasMismatch", namespace, deployment: "web" },
  annotations: {},
  startsAt: secondsAgo(300),
  endsAt: secondsAgo(-180),
  fingerprint: `f-${namespace}`,
  ...more,
});

function waking(cluster: Cluster, alerts: Waking["alerts"], posted: OutgoingEvent[] = []): Waking {
  return {
    cluster,
    alerts,
    ownNamespace: "autoheal",
    clusterName: "",
    pulseSchedule: "*/10 * * * * *",
    now: () => now,
    post: async (event) => void posted.push(event),
  };
}

const alertsOf = (incidents: readonly Stored[]) =>
  incidents.flatMap(({ metadata, status }) =>
    status?.alerts.map(({ fingerprint }) => `${metadata.namespace} ${fingerprint}`),
  );

test("an alert that can't be stored does not keep the tick from all others; it is tried again", async () => {
  const incidents: Stored[] = [];
  const posted: OutgoingEvent[] = [];
  const tick = onTick(waking(clusterOf(incidents, "ending"), async () => [held("ending"), held("shop")], posted));
  await expect(tick).rejects.toThrow("terminated");
  expect(alertsOf(incidents)).toEqual(["shop f-shop"]);
  expect(posted.map(({ name, subject }) => `${name} ${subject}`)).toEqual(["incident.due shop/Deployment/web"]);
});

test("an Alertmanager that is away does not keep the tick from what is open", async () => {
  const posted: OutgoingEvent[] = [];
  const away = async () => Promise.reject(new Error("away"));
  await expect(onTick(waking(clusterOf([anIncident() as Stored]), away, posted))).rejects.toThrow("away");
  expect(posted.map(({ name }) => name)).toEqual(["incident.due"]);
});

test.each<[sentence: string, endsAt: string | undefined, opens: boolean]>([
  ["that ended a minute ago as far as anybody knew fires after all: it is stored anew", secondsAgo(61), true],
  ["that ended just now may be on its way out", secondsAgo(60), false],
  ["that an incident was closed over is known", undefined, false],
])("an alert of a closed incident %s", async (_, endsAt, opens) => {
  const alert = held("shop");
  const { fingerprint, startsAt, labels } = alert;
  const known = { ...anAlert({ fingerprint, startsAt, labels }), ...(endsAt ? { endsAt } : {}) };
  const { status, ...incident } = anIncident(undefined, { phase: "Closed", alerts: [known] });
  const metadata = { ...incident.metadata, labels: { [subjectLabel]: subjectHash(incident.spec.subject) } };
  const incidents = [{ ...incident, metadata, status } as Stored];
  await onTick(waking(clusterOf(incidents), async () => [alert]));
  expect(incidents.map(({ metadata: { name }, status }) => [name, status?.phase, status?.alerts.length])).toEqual([
    ["deployment-web-1", "Closed", 1],
    ...(opens ? [["deployment-web-2", "Open", 1]] : []),
  ]);
});
