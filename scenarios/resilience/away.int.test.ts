/** What is away for a while in the middle of a heal: the API server, the Brokers, Slack. The incident still comes to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { admit, type Illness, type Patient, recovery, slackEntries } from "./patient.ts";
import { until } from "./until.ts";

let ground: Ground;

beforeAll(async () => {
  ground = await startGround();
});

afterAll(() => ground?.close());

test("Slack away for longer than the Broker tries: each message comes once, in order, when it is back", async () => {
  const patient = await admit(ground, "no-slack", "badImage");
  let refused = 0;
  ground.slack.fault = (method) => {
    if (method !== "chat.postMessage") return undefined;
    refused += 1;
    return { status: 503 };
  };
  await patient.fallIll();
  await ground.deliver(patient.firing());
  await until("it is applied", 20, () => patient.incident()?.status?.remediations[0]?.state === "Applied");
  await ground.deliver(patient.resolved());
  await until("it is closed", 20, () => patient.incident()?.status?.phase === "Closed");
  // By then nobody tries by himself any more: the events were delivered, given up, and brought to the dead-letter sink.
  await until("the Broker has given up", 20, () => ground.sandbox.knative.inFlight() === 0);
  expect(refused).toBeGreaterThan(0);
  expect(slackEntries(ground, patient.incident().metadata.uid)).toEqual([]);
  ground.slack.fault = undefined;
  await recovery(ground, patient);
  patient.expectHealedOnce();
}, 90_000);

test("the API server away for 4 s, from the request on", async () => {
  const { api, knative } = ground.sandbox;
  const patients = await Promise.all(
    (["hang", "badImage", "traffic"] as Illness[]).map((illness) =>
      admit(ground, `no-api-${illness.toLowerCase()}`, illness),
    ),
  );
  await Promise.all(patients.map((patient) => patient.fallIll()));
  let away = false;
  let cut = 0;
  const asked = new Set<string>();
  const stops = [
    api.intercept(({ user }) => {
      if (!away || !user.startsWith("system:serviceaccount:autoheal:")) return undefined;
      cut += 1;
      return { drop: true };
    }),
    knative.onPost(({ event: { attributes } }, phase) => {
      const [namespace = ""] = String(attributes.subject).split("/");
      if (phase === "taken" && attributes.type === "dev.autoheal.remedy.requested.v1") {
        asked.add(namespace);
        away = true;
      }
      return undefined;
    }),
  ];
  const alerts = patients.flatMap((patient) => patient.firing());
  const delivered = ground.deliver(alerts);
  await until("one is requested", 20, () => away);
  const end = performance.now() + 4_000;
  await until("4 s have passed", 5, () => performance.now() >= end);
  const before = patients.map((patient) => patient.incident()?.status?.phase);
  for (const stop of stops) stop();
  expect(cut).toBeGreaterThan(5);
  expect(before).not.toContain("Closed");
  await delivered;
  await Promise.all(patients.map((patient) => recovery(ground, patient)));
  for (const patient of patients) patient.expectHealedOnce();
}, 120_000);

test("Broker healing away for 4 s, from the request on", async () => {
  const { knative } = ground.sandbox;
  const patients = await Promise.all(
    (["hang", "badImage"] as Illness[]).map((illness) => admit(ground, `no-broker-${illness.toLowerCase()}`, illness)),
  );
  await Promise.all(patients.map((patient: Patient) => patient.fallIll()));
  let away = false;
  let refused = 0;
  const stop = knative.onPost(({ broker, event: { attributes } }, phase) => {
    if (phase === "before" && attributes.type === "dev.autoheal.remedy.requested.v1") away = true;
    if (!away || broker !== "healing" || phase !== "before") return undefined;
    refused += 1;
    return refused % 2 === 0 ? { drop: true } : { status: 503 };
  });
  const delivered = ground.deliver(patients.flatMap((patient) => patient.firing()));
  await until("one is requested", 20, () => away);
  const end = performance.now() + 4_000;
  await until("4 s have passed", 5, () => performance.now() >= end);
  expect(refused).toBeGreaterThan(5);
  expect(patients.flatMap((patient) => patient.writes())).toEqual([]);
  stop();
  await delivered;
  await Promise.all(patients.map((patient) => recovery(ground, patient)));
  for (const patient of patients) patient.expectHealedOnce();
}, 120_000);

test("the API server late for 12 s, from the request on: what waits for it does not pile up", async () => {
  const { api, knative } = ground.sandbox;
  const patient = await admit(ground, "late-api", "badImage");
  await patient.fallIll();
  let late = false;
  let most = 0;
  const stops = [
    // A pass asks it some ten times, one after the other: it takes longer than a Broker waits.
    api.intercept(async ({ user }) => {
      if (late && user === "system:serviceaccount:autoheal:diagnose") await sleep(1_500);
      return undefined;
    }),
    knative.onPost(({ event: { attributes } }, phase) => {
      if (phase === "taken" && attributes.type === "dev.autoheal.remedy.requested.v1") late = true;
      most = Math.max(most, knative.inFlight());
      return undefined;
    }),
  ];
  await ground.deliver(patient.firing());
  await until("it is requested", 20, () => late);
  const end = performance.now() + 12_000;
  await until("12 s have passed", 13, () => performance.now() >= end);
  for (const stop of stops) stop();
  // Two looks at the incident and two pulses, the request, its answer and messages.
  expect(most).toBeLessThan(10);
  await recovery(ground, patient);
  patient.expectHealedOnce();
}, 120_000);

test("Prometheus away while it is diagnosed: held, and healed when it is back", async () => {
  const patient = await admit(ground, "no-prometheus", "badImage");
  ground.metrics.leave();
  await patient.fallIll();
  await ground.deliver(patient.firing());
  await until("it is held", 20, () => patient.incident()?.status?.hold?.reason === "EvidenceUnreadable");
  expect(patient.writes()).toEqual([]);
  ground.metrics.comeBack();
  await recovery(ground, patient);
  patient.expectHealedOnce();
}, 60_000);
