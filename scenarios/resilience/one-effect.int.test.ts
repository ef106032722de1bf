/**
 * Whatever comes twice, at once, from nobody, or after the record is gone: one incident, one remediation, one effect.
 * Every event of this sandbox is delivered twice.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnother } from "./another-process.ts";
import { type Ground, startGround } from "./ground.ts";
import { admit, heal, type Illness, type Patient, recovery, tokensOf } from "./patient.ts";
import { until } from "./until.ts";

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
  ground.sandbox.knative.onDeliver(() => "duplicate");
});

afterAll(() => ground?.close());

describe.concurrent("the same alert 50 times at once, each event twice", () => {
  test.each<Illness>(["hang", "badImage", "traffic"])(
    "%s",
    async (illness) => {
      const patient = await admit(ground, `fifty-${illness.toLowerCase()}`, illness);
      await patient.fallIll();
      await Promise.all(Array.from({ length: 50 }, () => ground.deliver(patient.firing())));
      await recovery(ground, patient);
      patient.expectHealedOnce();
      expect(patient.incident().status.alerts).toHaveLength(1);
    },
    60_000,
  );
});

test.concurrent("two processes that decide at the same time: one token, one entry, one effect", async ({
  onTestFinished,
}) => {
  const { api, knative } = ground.sandbox;
  const patient = await admit(ground, "at-once", "badImage");
  const another = await startAnother(ground, "diagnose");
  onTestFinished(() => another.end());
  const meeting = Promise.withResolvers<void>();
  let waiting = 0;
  const stops = [
    api.intercept(async ({ user, resource, verb, body }, phase) => {
      const isToken = phase === "before" && verb === "patch" && resource === "healingledgers.autoheal.dev";
      if (!isToken || !user.endsWith(":diagnose") || !JSON.stringify(body).includes("at-once/")) return;
      waiting += 1;
      if (waiting === 2) meeting.resolve();
      await meeting.promise;
    }),
    knative.onDeliver(({ event }) => {
      const { type, subject } = event.attributes;
      const isOurs = type === "dev.autoheal.incident.due.v1" && subject === "at-once/Deployment/web";
      if (isOurs && waiting < 2) void another.take(event);
      return undefined;
    }),
  ];
  await patient.fallIll();
  await ground.deliver(patient.firing());
  await until("two processes are about to reserve", 20, () => waiting >= 2);
  await recovery(ground, patient);
  for (const stop of stops) stop();
  patient.expectHealedOnce();
});

describe.concurrent("forged", () => {
  const dueOf = (patient: Patient) => {
    const { namespace, name, uid } = patient.incident().metadata;
    return { namespace, name, uid };
  };

  test("remedy.requested, of what no incident requests: nothing is written, and the incident heals as if it had not come", async () => {
    const patient = await admit(ground, "forged-request", "badImage");
    await patient.fallIll();
    const stop = ground.sandbox.knative.onPost(({ event: { attributes } }) => {
      const ours = attributes.type === "dev.autoheal.remedy.requested.v1" && attributes.source === "/autoheal/diagnose";
      return ours && String(attributes.subject).startsWith("forged-request/") ? { status: 503 } : undefined;
    });
    await ground.deliver(patient.firing());
    const state = () => patient.incident()?.status?.remediations[0]?.state;
    await until("it is requested", 10, () => state() === "Requested");
    const incident = dueOf(patient);
    const right = `${incident.uid}-1`;
    const forged: [string, object][] = [
      ["restart", { incident, remediation: right }],
      ["scale", { incident, remediation: right }],
      ["rollback", { incident, remediation: `${incident.uid}-2` }],
      ["rollback", { incident, remediation: `${right}-undo` }],
      ["rollback", { incident: { ...incident, uid: "another" }, remediation: right }],
      ["rollback", { incident: { ...incident, name: "none" }, remediation: right }],
      ["restart", { incident: { ...incident, name: "../../x" }, remediation: right }],
      ["restart", {}],
    ];
    const { knative } = ground.sandbox;
    for (const [remedy, data] of forged) {
      expect(await ground.tell("dev.autoheal.remedy.requested.v1", data, { remedy })).toBe(202);
    }
    const decided = () => ["restart", "scale", "rollback"].map((name) => count(knative.logOf(name), "NotReserved"));
    // Each twice, as every event here; two of the eight name no remediation at all.
    await until("all are decided", 10, () => decided().reduce((sum, n) => sum + n) >= 12);
    expect(patient.writes()).toEqual([]);
    stop();
    await recovery(ground, patient);
    patient.expectHealedOnce();
  }, 60_000);

  test("remedy.applied, of what was not written: it is applied all the same", async () => {
    const patient = await admit(ground, "forged-applied", "badImage");
    await patient.fallIll();
    const { knative } = ground.sandbox;
    const stop = knative.onDeliver(({ trigger, event: { attributes } }) =>
      trigger === "remedy-requested-rollback" && String(attributes.subject).startsWith("forged-applied/")
        ? "drop"
        : undefined,
    );
    await ground.deliver(patient.firing());
    await until("it is requested", 10, () => patient.incident()?.status?.remediations[0]?.state === "Requested");
    const incident = dueOf(patient);
    const version = () => patient.incident().metadata.resourceVersion;
    const before = version();
    await ground.tell("dev.autoheal.remedy.applied.v1", { incident, remediation: `${incident.uid}-1` });
    await until("it was looked at", 10, () => version() !== before);
    expect(patient.incident().status.remediations).toMatchObject([{ state: "Requested" }]);
    stop();
    await recovery(ground, patient);
    patient.expectHealedOnce();
  }, 60_000);

  test("remedy.failed, of what is being written: it counts as written, and its token stays", async () => {
    const patient = await admit(ground, "forged-failed", "badImage");
    await patient.fallIll();
    const asked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const stop = ground.sandbox.api.intercept(async ({ user, verb, namespace }, phase) => {
      if (!user.endsWith(":rollback") || verb !== "patch" || namespace !== "forged-failed" || phase !== "before")
        return;
      asked.resolve();
      await release.promise;
    });
    await ground.deliver(patient.firing());
    await asked.promise;
    const incident = dueOf(patient);
    const data = { incident, remediation: `${incident.uid}-1`, reason: "ChangedMeanwhile", message: "forged" };
    await ground.tell("dev.autoheal.remedy.failed.v1", data);
    await until("it is believed", 10, () => patient.incident().status.remediations[0].outcome === "Held");
    release.resolve();
    await recovery(ground, patient);
    stop();
    // Between the two, the next pass may have decided anew: what it requests finds the workload changed.
    patient.expectHealedOnce({ refusals: true });
  }, 60_000);

  test("incident.due, a hundred at once and of what is not there: nothing happens but a look", async () => {
    const patient = await admit(ground, "forged-due", "badImage");
    await patient.fallIll();
    await ground.deliver(patient.firing());
    await until("there is an incident", 10, () => patient.incident());
    const incident = dueOf(patient);
    const due = (data: object) => ground.tell("dev.autoheal.incident.due.v1", data);
    await Promise.all([
      ...Array.from({ length: 100 }, () => due({ incident })),
      due({ incident: { ...incident, uid: "another" } }),
      due({ incident: { ...incident, namespace: "none" } }),
      due({ incident: { ...incident, name: "../x" } }),
      due({}),
    ]);
    await recovery(ground, patient);
    patient.expectHealedOnce();
  }, 60_000);
});

test.concurrent("a deleted Incident resets no limit: the cooldown holds the next one", async () => {
  const { store } = ground.sandbox.api;
  const patient = await admit(ground, "deleted", "badImage");
  await heal(ground, patient);
  patient.expectHealedOnce();
  const { name, uid } = patient.incident().metadata;
  store.delete("incidents.autoheal.dev", "deleted", name);
  expect(patient.incidents()).toEqual([]);
  await patient.fallIll();
  const again = patient.firing().map((alert) => ({ ...alert, startsAt: new Date().toISOString() }));
  await ground.deliver(again);
  await until("the cooldown holds", 20, () => patient.incident()?.status?.hold?.reason === "Cooldown");
  expect(patient.writes()).toEqual(["patch deployments.apps web"]);
  expect(patient.incident().status.remediations).toEqual([]);
  expect(tokensOf(ground, "deleted")).toEqual([`${uid}-1`, `${uid}-1-undo`]);
}, 60_000);

function count(text: string, word: string): number {
  return text.split(word).length - 1;
}
