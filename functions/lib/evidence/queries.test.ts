import { expect, test } from "vitest";
import type { WorkloadKind } from "../alert/index.ts";
import { defaultQueries, queryFor } from "./index.ts";

const windows = { windowSeconds: 6.5, containerWindowSeconds: 40 };

const podsOf = (kind: WorkloadKind, name: string) => {
  const query = queryFor("$pods", { kind, namespace: "shop", name }, windows);
  return new RegExp(`^(?:${query.replaceAll("\\\\", "\\")})$`);
};

test.each<[kind: WorkloadKind, name: string, pod: string, is: boolean]>([
  ["Deployment", "web", "web-5d4f9c7b8d-x7k2p", true],
  ["Deployment", "web", "web-api-5d4f9c7b8d-x7k2p", false],
  ["Deployment", "web", "web-agent-x7k2p", false],
  ["Deployment", "web", "web-0", false],
  ["Deployment", "web", "myweb-5d4f9c7b8d-x7k2p", false],
  ["Deployment", "web.v2", "web.v2-5d4f9c7b8d-x7k2p", true],
  ["Deployment", "web.v2", "webxv2-5d4f9c7b8d-x7k2p", false],
  // Generated names end after 63 characters: what comes before the last five is cut, with its dash.
  ["Deployment", "w".repeat(46), `${"w".repeat(46)}-5d4f9c7b8d-x7k2p`, true],
  ["Deployment", "w".repeat(47), `${"w".repeat(47)}-5d4f9c7b8dx7k2p`, true],
  ["Deployment", "w".repeat(50), `${"w".repeat(50)}-5d4f9c7x7k2p`, true],
  ["Deployment", "w".repeat(50), `${"w".repeat(50)}-agent-x7k2p`, false],
  ["Deployment", "w".repeat(63), `${"w".repeat(58)}x7k2p`, true],
  ["StatefulSet", "db", "db-0", true],
  ["StatefulSet", "db", "db-12", true],
  ["StatefulSet", "db", "db-a-0", false],
  ["DaemonSet", "agent", "agent-x7k2p", true],
  ["DaemonSet", "d".repeat(58), `${"d".repeat(58)}x7k2p`, true],
  ["DaemonSet", "agent", "agent-5d4f9c7b8d-x7k2p", false],
])("the pods of %s %s: is %s one? %s", (kind, name, pod, is) => {
  expect(podsOf(kind, name).test(pod)).toBe(is);
});

test.each<[kind: WorkloadKind, pods: string]>([
  ["Deployment", "web\\\\.v2-[bcdfghjklmnpqrstvwxz2456789]{1,10}-[bcdfghjklmnpqrstvwxz2456789]{5}"],
  ["StatefulSet", "web\\\\.v2-[0-9]+"],
  ["DaemonSet", "web\\\\.v2-[bcdfghjklmnpqrstvwxz2456789]{5}"],
])("a query for a %s names its namespace, its pods and the window", (kind, pods) => {
  const query = queryFor(defaultQueries.requestRate, { kind, namespace: "shop", name: "web.v2" }, windows);
  expect(query).toBe(`sum(rate(http_requests_total{namespace="shop",pod=~"${pods}"}[6500ms]))`);
});

test("nothing is left to be filled in, in any query", () => {
  const ref = { kind: "Deployment", namespace: "shop", name: "web" } as const;
  for (const query of Object.values(defaultQueries)) expect(queryFor(query, ref, windows)).not.toContain("$");
});

test("what cAdvisor tells is looked at over a window of its own", () => {
  const ref = { kind: "Deployment", namespace: "shop", name: "web" } as const;
  for (const query of [defaultQueries.cpuByPod, defaultQueries.memoryByPod])
    expect(queryFor(query, ref, windows)).toContain("[40000ms]");
});
