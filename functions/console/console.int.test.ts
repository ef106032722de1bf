import { get } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Api, startApi } from "../../sandbox/api/index.ts";
import { aDiagnosis, after, anIncident } from "./fixtures/incidents.ts";
import { type RunningConsole, setIncident, setStage, setWorkload, startConsole } from "./fixtures/stage.ts";
import type { Status } from "./status.ts";

const token = "console-token-0123456789";
const json = { accept: "application/json" };
const closed = anIncident(
  { phase: "Closed", outcome: "Succeeded", diagnosis: aDiagnosis, recoveredAt: after(42), closedAt: after(42) },
  { metadata: { ...anIncident().metadata, name: "deployment-user-0" } },
);

let api: Api;
let open: RunningConsole;
/** Watches that the API server was asked for, by resource. */
const watches: string[] = [];

beforeAll(async () => {
  api = await startApi({ token: "admin-token", readLog: () => undefined });
  await setStage(api);
  await setIncident(api, closed);
  api.intercept(({ verb, resource }) => {
    if (verb === "watch") watches.push(resource);
  });
  open = await startConsole(kubeconfig());
});

afterAll(async () => {
  expect(await open?.stop()).toBe(0);
  await api?.close();
});

beforeEach(async () => {
  api.store.remove("incidents.autoheal.dev", "shop", "deployment-user-1");
  await setWorkload(api, "shop", "user", 2, 2);
});

/** The console's own rights, as knative/ grants them. */
function kubeconfig(): string {
  return api.kubeconfig({ namespace: "autoheal", serviceAccount: "console" });
}

async function statusOf(url: string): Promise<Status> {
  const answer = await fetch(url, { headers: json });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Status; // reason: it is what `/` documents
}

test("programs get JSON, people get the page, from the same path", async () => {
  const status = await statusOf(open.url);
  expect(status.overall).toMatchObject({ state: "Healthy", text: "All 4 workloads are healthy" });
  expect(status.workloads.map(({ name }) => name)).toEqual(["api", "auth", "traffic", "user"]);
  const page = await fetch(open.url, { headers: { accept: "text/html,*/*;q=0.8" } });
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
  const asked = await fetch(`${open.url}/?format=json`, { headers: { accept: "text/html" } });
  expect(asked.headers.get("content-type")).toMatch(/^application\/json/);
});

test("many who ask at once cost the API server no more than two, and see what is then", async () => {
  const lists: string[] = [];
  const stop = api.intercept(({ verb, resource }, phase) => {
    if (verb === "list" && phase === "before") lists.push(resource);
    return undefined;
  });
  const first = await Promise.all(Array.from({ length: 50 }, () => statusOf(open.url)));
  expect(new Set(first.map(({ overall }) => overall.state))).toEqual(new Set(["Healthy"]));
  expect(lists.filter((resource) => resource === "incidents.autoheal.dev").length).toBeLessThanOrEqual(4);
  stop();
  await setWorkload(api, "shop", "user", 2, 1);
  expect((await statusOf(open.url)).overall.state).toBe("Degraded");
});

test.each(["shop/none", "shop/..", "../shop", "shop/%2e%2e%2f", "Shop/x_y"])("no incident %s is 404", async (path) => {
  const answer = await fetch(`${open.url}/incidents/${path}`, { headers: json });
  expect(answer.status).toBe(404);
});

test("counters come from the cluster, not from the process", async () => {
  const other = await startConsole(kubeconfig());
  const [here, there] = await Promise.all([open, other].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  expect(here).toContain('autoheal_incidents_total{cause="MemoryLeak",outcome="Succeeded"} 1');
  expect(here).toContain("autoheal_time_to_heal_seconds_sum 42");
  expect(there).toBe(here);
  expect(await other.stop()).toBe(0);
});

test("all who are connected share one watch of each kind, and nobody connected means none", async () => {
  const quiet = await startConsole(kubeconfig());
  await statusOf(quiet.url);
  watches.length = 0;
  const streams = await Promise.all([1, 2, 3].map(() => listen(`${quiet.url}/live`)));
  for (const stream of streams) await vi.waitUntil(() => stream.events.some(({ type }) => type === "status"), 10_000);
  expect(watches.toSorted()).toEqual([
    "daemonsets.apps",
    "deployments.apps",
    "healingledgers.autoheal.dev",
    "healingpolicies.autoheal.dev",
    "incidents.autoheal.dev",
    "namespaces",
    "statefulsets.apps",
  ]);
  // A process that is asked to end does not wait for its listeners.
  expect(await quiet.stop()).toBe(0);
  for (const stream of streams) await stream.ended;
});

test("HEAD /live holds no stream", async () => {
  const heads = await Promise.all(
    Array.from({ length: 200 }, () => fetch(`${open.url}/live`, { method: "HEAD", headers: { connection: "close" } })),
  );
  expect(new Set(heads.map(({ status }) => status))).toEqual(new Set([200]));
  expect(heads[0]?.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const stream = await listen(`${open.url}/live`);
  await vi.waitUntil(() => stream.events.length > 0, 10_000);
  await stream.close();
});

test("a server that has forgotten where the watch was (410) is asked for the list again", async () => {
  let forgotten = 0;
  const stop = api.intercept(({ verb, resource }, phase) => {
    if (verb !== "watch" || resource !== "incidents.autoheal.dev" || phase !== "before" || forgotten > 0)
      return undefined;
    forgotten += 1;
    return { status: 410, message: "too old resource version" };
  });
  const stream = await listen(`${open.url}/live`);
  await vi.waitUntil(() => stream.events.length > 0, 10_000);
  await setIncident(api, anIncident({ phase: "Escalated" }));
  await vi.waitUntil(() => stream.events.some(({ data }) => data.includes("1 of 4 workloads needs a person")), 10_000);
  expect(forgotten).toBe(1);
  expect(stream.events.map(({ type }) => type)).not.toContain("away");
  stop();
  await stream.close();
});

test("without a token a request under a stranger's name is refused", async () => {
  const answer = await fetch(open.url, { headers: { ...json, "x-forwarded-host": "localhost" } });
  expect(answer.status).toBe(200);
  const foreign = await foreignRequest(open.url);
  expect(foreign).toBe(403);
});

test("with a token set, nothing is shown without one", async () => {
  const locked = await startConsole(kubeconfig(), { AUTOHEAL_CONSOLE_TOKENS: token });
  for (const path of ["/", "/live", "/incidents/shop/deployment-user-0"]) {
    expect((await fetch(locked.url + path, { headers: json })).status).toBe(401);
  }
  const bearer = await fetch(locked.url, { headers: { ...json, authorization: `Bearer ${token}` } });
  expect(bearer.status).toBe(200);
  expect(await locked.stop()).toBe(0);
});

test("one incident has its story as JSON", async () => {
  await setIncident(api, anIncident({ phase: "Open" }));
  const answer = await fetch(`${open.url}/incidents/shop/deployment-user-1`, { headers: json });
  expect(await answer.json()).toMatchObject({ name: "deployment-user-1", phase: "Open", steps: [{ kind: "Alert" }] });
});

/** A stream of events that is listened to: what has come, when it has ended, and how to go. */
interface Stream {
  events: { type: string; data: string }[];
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Events of a stream as they come. */
async function listen(url: string): Promise<Stream> {
  const leaving = new AbortController();
  const answer = await fetch(url, { signal: leaving.signal });
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const events: { type: string; data: string }[] = [];
  const read = async () => {
    let rest = "";
    // reason: Node's body is a stream of bytes that can be iterated
    for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
      rest += Buffer.from(chunk).toString();
      const messages = rest.split("\n\n");
      rest = messages.pop() ?? "";
      for (const message of messages) {
        const [, type = "", data = ""] = /event: (.*)\ndata: (.*)/.exec(message) ?? [];
        events.push({ type, data });
      }
    }
  };
  const ended = read();
  const close = async () => {
    leaving.abort();
    await ended.catch(() => undefined); // cut by us
  };
  return { events, ended, close };
}

/** The status of a request whose Host is a public name: fetch can't send one. */
async function foreignRequest(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { host: "status.example.org" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
  });
}
