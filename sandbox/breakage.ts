import type { Store } from "./api/index.ts";

/**
 * One way to break a service: by the app's own switch in its running pods, by its template (another version of its image, or
 * variables), or by its traffic. `only` names the one service that can be broken so.
 */
export type Breakage = { about: string; only?: string } & (
  | { how: "switch"; fault: Record<string, unknown>; pods: "one" | "all" }
  | { how: "template"; version: string }
  | { how: "template"; env: Record<string, string> }
  | { how: "traffic"; rps: number }
  | { how: "mend" }
);

/** What `npm run break` knows; `scenarios/` has many more, each with what is expected of it. */
export const breakages: Readonly<Record<string, Breakage>> = {
  leak: {
    about: "memory rises until it is killed",
    how: "switch",
    fault: { fault: "leak", mbPerSecond: 5 },
    pods: "all",
  },
  cpu: { about: "CPU runs away with flat traffic", how: "switch", fault: { fault: "cpu" }, pods: "all" },
  hang: { about: "one pod holds a dead connection", how: "switch", fault: { fault: "stale" }, pods: "one" },
  errors: {
    about: "half of the requests fail, with no rollout to blame",
    how: "switch",
    fault: { fault: "errors" },
    pods: "all",
  },
  slow: {
    about: "answers take 0.8 s longer, with no rollout to blame",
    how: "switch",
    fault: { fault: "slow" },
    pods: "all",
  },
  "bad-version": {
    about: "a new version in which every third request fails (service user only)",
    only: "user",
    how: "template",
    version: "2.0.0",
  },
  "bad-errors": {
    about: "a new revision in which half of the requests fail",
    how: "template",
    env: { FAULTS: JSON.stringify([{ fault: "errors" }]) },
  },
  "bad-crash": {
    about: "a new revision that crashes after some seconds",
    how: "template",
    env: { FAULTS: JSON.stringify([{ fault: "exit", afterSeconds: 5 }]) },
  },
  "bad-image": {
    about: "a new revision whose image is in no registry",
    how: "template",
    version: "9.9.9",
  },
  "bad-env": { about: "a new revision that can't start", how: "template", env: { PORT: "none" } },
  traffic: { about: "five times the traffic (through api)", how: "traffic", rps: 50 },
  mend: { about: "ends all switched faults, and sets the traffic back", how: "mend" },
};

interface Place {
  namespace: string;
  service: string;
}

interface Pod {
  metadata: { name: string; labels?: Record<string, string> };
  status?: { podIP?: string };
}

/** Breaks a service; returns one line for each thing that was done. */
export async function breakService(
  store: Pick<Store, "list" | "modify">,
  breakage: Breakage,
  place: Place,
): Promise<string[]> {
  switch (breakage.how) {
    case "switch": {
      const pods = podsOf(store, place).slice(0, breakage.pods === "one" ? 1 : undefined);
      return Promise.all(pods.map((pod) => call(pod, "POST", "/faults", breakage.fault)));
    }
    case "template":
      return [patchTemplate(store, breakage, place)];
    case "traffic":
      return Promise.all(
        podsOf(store, { ...place, service: "traffic" }).map((pod) => call(pod, "POST", "/rate", { rps: breakage.rps })),
      );
    case "mend":
      return Promise.all([
        ...store.list<Pod>("pods", { namespace: place.namespace }).map((pod) => call(pod, "DELETE", "/faults")),
        ...podsOf(store, { ...place, service: "traffic" }).map((pod) => call(pod, "POST", "/rate", { rps: 10 })),
      ]);
  }
}

function podsOf(store: Pick<Store, "list">, { namespace, service }: Place): Pod[] {
  const pods = store.list<Pod>("pods", { namespace, labels: { app: service } });
  if (pods.length === 0) throw new Error(`no pods of ${service} in ${namespace}`);
  return pods;
}

async function call(pod: Pod, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`http://${pod.status?.podIP}:8080${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(3_000),
  });
  return `${method} ${path} ${body === undefined ? "" : JSON.stringify(body)} on ${pod.metadata.name}: ${answer.status}`;
}

/** Changes the first container of the Deployment's template, as a deploy would. */
function patchTemplate(
  store: Pick<Store, "modify">,
  breakage: Extract<Breakage, { how: "template" }>,
  { namespace, service }: Place,
): string {
  const image = "version" in breakage ? `autoheal/${service}:${breakage.version}` : undefined;
  const variables = Object.entries("env" in breakage ? breakage.env : {}).map(([name, value]) => ({ name, value }));
  // biome-ignore lint/suspicious/noExplicitAny: a Deployment as the store holds it.
  const changed = store.modify<any>("deployments.apps", namespace, service, (deployment) => {
    const [container] = deployment.spec.template.spec.containers;
    if (image) container.image = image;
    const others = (container.env ?? []).filter(
      ({ name }: { name: string }) => !variables.some((v) => v.name === name),
    );
    container.env = [...others, ...variables];
  });
  if (!changed) throw new Error(`no Deployment ${service} in ${namespace}`);
  return `Deployment ${service}: ${image ?? variables.map(({ name, value }) => `${name}=${value}`).join(" ")}`;
}
