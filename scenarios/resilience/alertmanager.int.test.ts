/** With the real Prometheus and Alertmanager: what is lost before there is an incident, and what comes twice. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { admit, type Patient, recovery } from "./patient.ts";
import { until } from "./until.ts";

const missing = "Prometheus and Alertmanager are not to be had on this machine";
let ground: Ground;

beforeAll(async () => {
  ground = await startGround({ monitoring: true });
});

afterAll(() => ground?.close());

/** Tells Alertmanager of an alert, as Prometheus does; an end makes it resolved. */
async function alertmanagerHears({ namespace, firing }: Patient, endsAt?: string): Promise<void> {
  const [alert] = firing();
  const { labels, annotations, startsAt } = alert ?? {};
  const body = JSON.stringify([{ labels, annotations, startsAt, ...(endsAt ? { endsAt } : {}) }]);
  const answer = await fetch(`${ground.sandbox.monitoring?.alertmanagerUrl}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  if (!answer.ok) throw new Error(`Alertmanager took no alert of ${namespace}: ${answer.status}`);
}

const resolved = (patient: Patient) => () => alertmanagerHears(patient, new Date().toISOString());

test("Broker alerts away: receive answers 503, and Alertmanager's next try opens the incident", async ({ skip }) => {
  if (!ground.sandbox.monitoring) skip(missing);
  const patient = await admit(ground, "refused", "badImage");
  const { knative } = ground.sandbox;
  let refused = 0;
  // The tick would find it, too: it is another test's.
  const stopTicks = knative.onDeliver(({ event }) => (event.attributes.autohealwake === "tick" ? "drop" : undefined));
  const stop = knative.onPost(({ broker, event: { attributes } }, phase) => {
    if (broker !== "alerts" || phase !== "before" || !String(attributes.subject).startsWith("refused/"))
      return undefined;
    refused += 1;
    return refused % 2 === 0 ? { drop: true } : { status: 503 };
  });
  await patient.fallIll();
  expect(await ground.post(patient.firing())).toBe(503);
  const ours = refused;
  await alertmanagerHears(patient);
  await until("Alertmanager has tried twice", 20, () => refused >= ours + 2);
  expect(patient.incidents()).toEqual([]);
  stop();
  await until("there is an incident", 20, () => patient.incident());
  stopTicks();
  await recovery(ground, patient, resolved(patient));
  patient.expectHealedOnce();
});

test.concurrent("an alert whose every event was lost is found by the tick", async ({ skip }) => {
  if (!ground.sandbox.monitoring) skip(missing);
  const patient = await admit(ground, "unheard", "badImage");
  const { knative } = ground.sandbox;
  let lost = 0;
  knative.onDeliver(({ broker, event: { attributes } }) => {
    if (broker !== "alerts" || !String(attributes.subject).startsWith("unheard/")) return undefined;
    lost += 1;
    return "drop";
  });
  await patient.fallIll();
  await alertmanagerHears(patient);
  await until("its event is lost", 20, () => lost > 0);
  expect(patient.incidents()).toEqual([]);
  await ground.tick();
  await recovery(ground, patient, resolved(patient));
  patient.expectHealedOnce();
});

test.concurrent("Prometheus' own alerts, each event delivered twice: one incident, one effect", async ({ skip }) => {
  if (!ground.sandbox.monitoring) skip(missing);
  const patient = await admit(ground, "twice", "badImage");
  ground.sandbox.knative.onDeliver(({ event: { attributes } }) =>
    String(attributes.subject).startsWith("twice/") ? "duplicate" : undefined,
  );
  await patient.fallIll();
  await recovery(ground, patient, async () => undefined);
  patient.expectHealedOnce();
  const alerts: { name: string; seen?: string; endsAt?: string }[] = patient.incident().status.alerts;
  expect(alerts.map(({ name }) => name)).toContain("KubeDeploymentRolloutStuck");
  expect(alerts.every(({ endsAt }) => endsAt !== undefined)).toBe(true);
});
