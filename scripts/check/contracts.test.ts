import type { FunctionContract } from "@autoheal/lib/contract";
import { expect, test } from "vitest";
import type { Manifest } from "../../knative/read-manifests.ts";
import { type House, type Manifests, problemsOf } from "./contracts.ts";

const contract: FunctionContract = {
  name: "restart",
  consumes: [{ event: "remedy.requested", filter: { remedy: "restart" } }],
  produces: ["remedy.applied", "remedy.failed"],
  kubernetes: [
    { resource: "pods", verbs: ["list"], where: "cluster" },
    { resource: "deployments.apps", verbs: ["patch"], where: "enabled" },
    { resource: "pods/eviction", verbs: ["create"], where: "enabled" },
    { resource: "events", verbs: ["create"], where: "own" },
  ],
  environment: ["K_SINK", "AUTOHEAL_NAMESPACE"],
};

const object = (kind: string, name: string, fields: object): Manifest => ({
  apiVersion: "v1",
  kind,
  metadata: { name },
  ...fields,
});
const subjects = [{ kind: "ServiceAccount", name: "restart" }];
const rule = (group: string, resource: string, ...verbs: string[]) => ({
  apiGroups: [group],
  resources: [resource],
  verbs,
});
const trigger = (filters: object[], uri?: string): Manifest =>
  object("Trigger", "one", { spec: { broker: "healing", filters, subscriber: { ref: { name: "restart" }, uri } } });
const requested = { type: "dev.autoheal.remedy.requested.v1" };

/** Everything agrees; a test says the one thing that does not. */
const calm = {
  trigger: trigger([{ exact: { ...requested, remedy: "restart" } }]),
  sink: object("SinkBinding", "restart", {
    spec: { subject: { name: "restart" }, sink: { ref: { name: "healing" } } },
  }),
  account: object("ServiceAccount", "restart", {}),
  reading: object("ClusterRole", "reading", { rules: [rule("", "pods", "list")] }),
  writing: object("ClusterRole", "writing", {
    rules: [rule("apps", "deployments", "patch"), rule("", "pods/eviction", "create")],
  }),
  telling: object("Role", "telling", { rules: [rule("", "events", "create")] }),
  everywhere: object("ClusterRoleBinding", "reading", { roleRef: { kind: "ClusterRole", name: "reading" }, subjects }),
  own: object("RoleBinding", "telling", { roleRef: { kind: "Role", name: "telling" }, subjects }),
};
const enabled = [object("RoleBinding", "writing", { roleRef: { kind: "ClusterRole", name: "writing" }, subjects })];
const house: House = {
  contract,
  readme: "Takes `remedy.requested`, posts `remedy.applied`, `remedy.failed`; reads `K_SINK`, `AUTOHEAL_NAMESPACE`.",
  funcYaml: "specVersion: 0.36.0\nname: restart\n",
  code: 'read({ sink: url("K_SINK"), ownNamespace: text("AUTOHEAL_NAMESPACE", "autoheal") })',
};

function problems(change: Partial<House>, manifests: Partial<typeof calm & Manifests> = {}): string[] {
  const { enabled: inEnabled = enabled, applied: _, ...own } = manifests;
  return problemsOf({ ...house, ...change }, { applied: Object.values({ ...calm, ...own }), enabled: inEnabled });
}
const having = (change: Partial<FunctionContract>) => ({ contract: { ...contract, ...change } });

test("a function that everything agrees on has no problem", () => {
  expect(problems({})).toEqual([]);
});

test.each<[string, string[], Partial<House>, Partial<typeof calm & Manifests>]>([
  [
    "a Trigger for another remedy",
    [
      "no Trigger brings it remedy=restart type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
      "a Trigger brings it remedy=scale type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
    ],
    {},
    { trigger: trigger([{ exact: { ...requested, remedy: "scale" } }]) },
  ],
  [
    "a Trigger without its filter",
    [
      "no Trigger brings it remedy=restart type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
      "a Trigger brings it type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
    ],
    {},
    { trigger: trigger([{ exact: requested }]) },
  ],
  [
    "a Trigger to another path",
    [
      "no Trigger brings it remedy=restart type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
      "a Trigger brings it remedy=restart type=dev.autoheal.remedy.requested.v1 from Broker healing at /broker",
    ],
    {},
    { trigger: trigger([{ exact: { ...requested, remedy: "restart" } }], "/broker") },
  ],
  [
    "a Trigger that brings more",
    ["a Trigger brings it remedy=scale type=dev.autoheal.remedy.requested.v1 from Broker healing at /"],
    {},
    {
      trigger: trigger([
        { exact: requested },
        { any: [{ exact: { remedy: "restart" } }, { exact: { remedy: "scale" } }] },
      ]),
    },
  ],
  [
    "a Trigger that filters by prefix",
    [
      "no Trigger brings it remedy=restart type=dev.autoheal.remedy.requested.v1 from Broker healing at /",
      "a Trigger brings it what Trigger one filters by a dialect that is not checked",
    ],
    {},
    { trigger: trigger([{ prefix: { type: "dev.autoheal." } }]) },
  ],
  [
    "an event that the list has for others",
    [
      "the list of events does not say that it takes incident.due",
      "no Trigger brings it type=dev.autoheal.incident.due.v1 from Broker healing at /",
      "its README does not name `incident.due`",
    ],
    having({ consumes: [...contract.consumes, { event: "incident.due" }] }),
    {},
  ],
  [
    "an event not posted",
    ["the list of events says that it posts remedy.failed"],
    having({ produces: ["remedy.applied"] }),
    {},
  ],
  [
    "a SinkBinding to the other Broker",
    ["its SinkBinding leads to Broker alerts, its events go by healing"],
    {},
    {
      sink: object("SinkBinding", "restart", {
        spec: { subject: { name: "restart" }, sink: { ref: { name: "alerts" } } },
      }),
    },
  ],
  ["no ServiceAccount", ["it has no ServiceAccount"], {}, { account: object("ServiceAccount", "scale", {}) }],
  [
    "a verb too few",
    ["it may not list pods everywhere"],
    {},
    { reading: object("ClusterRole", "reading", { rules: [] }) },
  ],
  [
    "a verb too many",
    ["it may get pods everywhere, which its contract does not need"],
    {},
    { reading: object("ClusterRole", "reading", { rules: [rule("", "pods", "get", "list")] }) },
  ],
  [
    "a right in too many places",
    [
      "it may patch deployments.apps everywhere, which its contract does not need",
      "it may create pods/eviction everywhere, which its contract does not need",
    ],
    {},
    {
      reading: object("ClusterRole", "reading", {
        rules: [rule("", "pods", "list"), ...calm.writing.rules],
      }),
    },
  ],
  [
    "a right in too few places",
    [
      "it may not patch deployments.apps in enabled namespaces",
      "it may not create pods/eviction in enabled namespaces",
    ],
    {},
    { enabled: [] },
  ],
  [
    "a README without an event",
    ["its README does not name `remedy.failed`"],
    { readme: house.readme.replace("`remedy.failed`", "") },
    {},
  ],
  [
    "a README with a variable of old",
    ["its README names AUTOHEAL_OLD, its contract does not"],
    { readme: `${house.readme} \`AUTOHEAL_OLD\`` },
    {},
  ],
  [
    "a variable that nothing reads",
    ["nothing reads AUTOHEAL_NAMESPACE, which its contract names"],
    { code: '"K_SINK"' },
    {},
  ],
  [
    "a variable that nobody knows of",
    ["it reads SMTP_URL, which its contract does not name"],
    { code: `${house.code} "SMTP_URL"` },
    {},
  ],
  ["another func.yaml", ["func.yaml does not name it"], { funcYaml: "name: scale\n" }, {}],
])("%s", (_, expected, change, manifests) => {
  expect(problems(change, manifests)).toEqual(expected.map((problem) => `restart: ${problem}`));
});

test("alerts come by every alert type, each by name", () => {
  const diagnose: FunctionContract = { ...contract, name: "diagnose", consumes: [{ event: "alerts.received" }] };
  const missing = problems({ contract: diagnose }).filter((problem) => problem.includes("alerttype="));
  expect(missing).toHaveLength(12);
  expect(missing).toContain(
    "diagnose: no Trigger brings it alerttype=crash type=dev.autoheal.alerts.received.v1 from Broker alerts at /",
  );
});
