import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actor, actors } from "./ground.ts";
import { inTemplate, type Kind, mark, refusal, restartedAt, type Stage, setStage, workloadKinds } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

const refused = (actor: Actor, what: string) => ({
  status: 403,
  body: { message: expect.stringMatching(refusal(actor, what)) },
});

const memory = {
  type: "Resource",
  resource: { name: "memory", target: { type: "Utilization", averageUtilization: 9 } },
};

/** One that the garbage collector takes off by itself, should it ever be written. */
const finalizers = ["foregroundDeletion"];

/** One field: where it is, what is written to it, and who may write it. */
type Field = [path: string, patch: object, allowed: readonly Actor[]];

const ofAll: Field[] = [
  ["metadata.annotations.autoheal.dev/remediation", { metadata: mark("dry") }, actors],
  ["metadata.annotations.else", { metadata: { annotations: { else: "new" } } }, []],
  ["metadata.annotations.note", { metadata: { annotations: { note: "new" } } }, []],
  ["metadata.annotations.note", { metadata: { annotations: { note: null } } }, []],
  ["metadata.labels", { metadata: { labels: { else: "new" } } }, []],
  ["metadata.labels", { metadata: { labels: null } }, []],
  ["metadata.finalizers", { metadata: { finalizers } }, []],
  [
    "metadata.ownerReferences",
    { metadata: { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "b" }] } },
    [],
  ],
];
const ofWorkloads: Field[] = [
  [
    `spec.template.metadata.annotations.${restartedAt}`,
    { spec: inTemplate({ [restartedAt]: "new" }) },
    ["restart", "rollback"],
  ],
  ["spec.template.metadata.annotations.else", { spec: inTemplate({ else: "new" }) }, ["rollback"]],
  ["spec.template.metadata.annotations.note", { spec: inTemplate({ note: "new" }) }, ["rollback"]],
  ["spec.template.metadata.labels", { spec: { template: { metadata: { labels: { else: "new" } } } } }, ["rollback"]],
  ["spec.template.metadata.finalizers", { spec: { template: { metadata: { finalizers } } } }, ["rollback"]],
  ["spec.template.spec", { spec: { template: { spec: { serviceAccountName: "else" } } } }, ["rollback"]],
  [
    "spec.template.spec",
    { spec: { template: { spec: { containers: [{ name: "web", image: "evil:1" }] } } } },
    ["rollback"],
  ],
  ["spec.minReadySeconds", { spec: { minReadySeconds: 9 } }, []],
  ["spec.revisionHistoryLimit", { spec: { revisionHistoryLimit: 9 } }, []],
];
const replicas: Field = ["spec.replicas", { spec: { replicas: 7 } }, ["scale"]];
const updateStrategy: Field = [
  "spec.updateStrategy",
  { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } },
  [],
];
const kinds: Kind[] = [...workloadKinds, "horizontalpodautoscalers"];
const fields: Record<Kind, Field[]> = {
  deployments: [
    ...ofAll,
    ...ofWorkloads,
    replicas,
    ["spec.paused", { spec: { paused: true } }, []],
    ["spec.strategy", { spec: { strategy: { type: "Recreate", rollingUpdate: null } } }, []],
    ["spec.progressDeadlineSeconds", { spec: { progressDeadlineSeconds: 9 } }, []],
  ],
  statefulsets: [...ofAll, ...ofWorkloads, replicas, updateStrategy],
  daemonsets: [...ofAll, ...ofWorkloads, updateStrategy],
  horizontalpodautoscalers: [
    ...ofAll,
    ["spec.maxReplicas", { spec: { maxReplicas: 7 } }, ["scale"]],
    ["spec.minReplicas", { spec: { minReplicas: 2 } }, []],
    ["spec.scaleTargetRef", { spec: { scaleTargetRef: { name: "else" } } }, []],
    ["spec.metrics", { spec: { metrics: [memory] } }, []],
    ["spec.behavior", { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 9 } } } }, []],
  ],
};

/** Kinds that a function may not touch at all. */
const foreign: Record<Actor, readonly Kind[]> = {
  restart: ["horizontalpodautoscalers"],
  scale: ["daemonsets"],
  rollback: ["horizontalpodautoscalers"],
};

const cells = kinds.flatMap((kind) =>
  fields[kind].flatMap(([path, patch, allowed]) => {
    const row = { kind, path, patch, does: JSON.stringify(patch) };
    return actors.map((actor) => ({ ...row, actor, may: allowed.includes(actor) && !foreign[actor].includes(kind) }));
  }),
);

describe("of each field of each kind", () => {
  // What is allowed is tried dry, so that every cell finds the same objects.
  test.each(cells.filter(({ may }) => may))(
    "$actor may write $path of $kind: $does",
    async ({ actor, kind, patch }) => {
      const answer = await stage.as[actor]("PATCH", `${stage.pathOf(kind)}?dryRun=All`, patch);
      expect(answer).toMatchObject({ status: 200 });
    },
  );

  test.each(cells.filter(({ may }) => !may))(
    "$actor may not write $path of $kind: $does",
    async ({ actor, kind, path, patch }) => {
      const before = await stage.stateOf(kind);
      const answer = await stage.as[actor]("PATCH", stage.pathOf(kind), patch);
      // Only restart's policy looks into the template: the others name it whole.
      const named = actor === "restart" ? path : path.replace(/^(spec\.template).*/, "$1");
      const what = foreign[actor].includes(kind) ? "(UPDATE|change) " : `change ${named.replaceAll(".", "\\.")}$`;
      expect(answer).toMatchObject(refused(actor, what));
      expect(await stage.stateOf(kind)).toEqual(before);
    },
  );

  test.each(cells.filter(({ actor }) => actor === "restart"))(
    "anybody else may write $path of $kind: $does",
    async ({ kind, patch }) => {
      for (const ask of [stage.api.admin, stage.stranger]) {
        expect(await ask("PATCH", `${stage.pathOf(kind)}?dryRun=All`, patch)).toMatchObject({ status: 200 });
      }
    },
  );
});

test("what is allowed covers nothing that is not", async () => {
  const patch = { metadata: { ...mark("new"), labels: { else: "new" } }, spec: { replicas: 3, paused: true } };
  const answer = await stage.as.scale("PATCH", stage.pathOf("deployments"), patch);
  expect(answer).toMatchObject(refused("scale", "change (metadata.labels|spec.paused)$"));
});

test("the older shape of an autoscaler, which keeps fields in annotations, hides nothing", async () => {
  const behavior = JSON.stringify({ ScaleDown: { Policies: [{ Type: "Pods", Value: 9, PeriodSeconds: 9 }] } });
  for (const patch of [
    { spec: { minReplicas: 2 } },
    { metadata: { annotations: { "autoscaling.alpha.kubernetes.io/behavior": behavior } } },
  ]) {
    const answer = await stage.as.scale("PATCH", stage.pathOf("horizontalpodautoscalers", "v1"), patch);
    expect(answer).toMatchObject(refused("scale", "change (spec.minReplicas|metadata.annotations.autoscaling.*)"));
  }
});
