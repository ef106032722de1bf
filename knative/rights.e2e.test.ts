import { existsSync, readdirSync } from "node:fs";
import type { FunctionContract } from "@autoheal/lib/contract";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ApiServer, type Ask, connectApiServer } from "./api-server/index.ts";
import { discover, may, type Question, type Resource, specialRights, verbs } from "./api-server/rights.ts";
import { enable, make, makeNamespace } from "./api-server/trial-namespace.ts";

const functions = new URL("../functions/", import.meta.url);
const contracts = await Promise.all(
  readdirSync(functions)
    .filter((name) => existsSync(new URL(`${name}/contract.ts`, functions)))
    .map(async (name) => {
      const { contract }: { contract: FunctionContract } = await import(new URL(`${name}/contract.ts`, functions).href);
      return contract;
    }),
);

const ownNamespace = "autoheal";
/** Where each right is asked for; `other` is a namespace that was not enabled. */
const places = ["cluster", "own", "enabled", "other"] as const;
type Place = (typeof places)[number];

/** Where a right of a contract holds. */
const reach: Record<FunctionContract["kubernetes"][number]["where"], readonly Place[]> = {
  cluster: places,
  own: ["own"],
  enabled: ["enabled"],
};

let api: ApiServer;
let namespaces: Record<Place, string | undefined>;
let resources: Resource[];
/** What every ServiceAccount may, since Kubernetes itself grants it. */
let anybody: ReadonlySet<string>;

beforeAll(async () => {
  api = await connectApiServer();
  const enabled = await makeNamespace(api.admin, "autoheal-rights-enabled");
  const other = await makeNamespace(api.admin, "autoheal-rights-other");
  namespaces = { cluster: undefined, own: ownNamespace, enabled, other };
  await enable(api.admin, enabled);
  // An extension's API, as that of metrics-server, may just be on its way up.
  resources = await vi.waitFor(() => discover(api.admin), { timeout: 60_000, interval: 1_000 });
  await make(api.admin, `/api/v1/namespaces/${other}/serviceaccounts`, { metadata: { name: "nobody" } });
  anybody = new Set(await rightsOf(await api.serviceAccount(other, "nobody"), []));
});
afterAll(async () => {
  for (const name of [namespaces?.enabled, namespaces?.other]) {
    if (name) await api.admin("DELETE", `/api/v1/namespaces/${name}`);
  }
  api?.close();
});

/** `namespaces` are in none, but a Role may name the one that it is in. */
const placesOf = ({ name, namespaced }: Resource): readonly Place[] =>
  namespaced || name === "namespaces" ? places : ["cluster"];
const named = (verb: string, resource: string, place: Place) => `${verb} ${resource} (${place})`;

/** All that the asker may, sorted: of everything that discovery lists, and of `beside`, what it may not list yet. */
async function rightsOf(ask: Ask, beside: readonly Resource[]): Promise<string[]> {
  const all = [...resources, ...beside].flatMap((resource) =>
    placesOf(resource).flatMap((place) => verbs.map((verb) => ({ verb, resource: resource.name, place }))),
  );
  const special = places.flatMap((place) => specialRights.map(([verb, resource]) => ({ verb, resource, place })));
  const answers = await Promise.all(
    [...all, ...special].map(async ({ verb, resource, place }) => {
      const question: Question = { verb, resource, namespace: namespaces[place] };
      return (await may(ask, question)) ? [named(verb, resource, place)] : [];
    }),
  );
  return answers.flat().sort();
}

test.each(contracts)("$name has the rights of its contract, and none more", async ({ name, kubernetes }) => {
  const ask = await api.serviceAccount(ownNamespace, name);
  const known = (right: { resource: string }) => resources.find((one) => one.name === right.resource);
  const unlisted = kubernetes
    .filter((right) => !known(right))
    .map(({ resource }) => ({ name: resource, namespaced: true }));
  const needed = kubernetes.flatMap((right) => {
    const where = placesOf(known(right) ?? { name: right.resource, namespaced: true });
    return reach[right.where]
      .filter((place) => where.includes(place))
      .flatMap((place) => right.verbs.map((verb) => named(verb, right.resource, place)));
  });
  const has = (await rightsOf(ask, unlisted)).filter((right) => !anybody.has(right));
  expect(has).toEqual([...new Set(needed)].sort());
});
