/** Events that are lost in the middle of a heal: pulse and tick bring it to its end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { admit, type Illness, type Patient, recovery } from "./patient.ts";
import { until } from "./until.ts";

let ground: Ground;

beforeAll(async () => {
  // A request may go unanswered for 20 times this before it counts as failed: far longer than what is lost here, as in
  // production, where it is 10 min.
  ground = await startGround({ environment: { AUTOHEAL_RESEND: "5s" } });
});

afterAll(() => ground?.close());

/** Admits a patient and lets it fall ill; its alert is not sent yet. */
async function illIn(namespace: string, illness: Illness): Promise<Patient> {
  const patient = await admit(ground, namespace, illness);
  await patient.fallIll();
  return patient;
}

test("30 s without any event of Broker healing, in the middle of three heals: pulse and tick bring each to its end", async () => {
  const { knative } = ground.sandbox;
  // Not scaled: 30 s, though most of AutoHeal's own durations pass 20 times faster here.
  const lostSeconds = 30;
  const [requested, applied, proving] = await Promise.all([
    illIn("lost-request", "badImage"),
    illIn("lost-answer", "hang"),
    illIn("lost-proof", "traffic"),
  ]);
  let all = false;
  let lost = 0;
  const stop = knative.onDeliver(({ broker, event: { attributes } }) => {
    const isOf = (patient: Patient, type: string) =>
      attributes.type === `dev.autoheal.${type}.v1` && String(attributes.subject).startsWith(`${patient.namespace}/`);
    const middle = isOf(requested, "remedy.requested") || isOf(applied, "remedy.applied");
    if (broker !== "healing" || !(all || middle)) return undefined;
    lost += 1;
    return "drop";
  });
  const state = (patient: Patient) => patient.incident()?.status?.remediations[0]?.state;
  await Promise.all([requested, applied, proving].map((patient) => ground.deliver(patient.firing())));
  await until("one is requested, one written, one being proven", 20, () => {
    const isWritten = applied.writes().length === 2;
    return state(requested) === "Requested" && isWritten && state(proving) === "Applied";
  });
  all = true;
  const end = performance.now() + lostSeconds * 1000;
  await until("30 s have passed", lostSeconds + 1, () => performance.now() >= end);
  expect(requested.writes()).toEqual([]);
  expect([requested, applied, proving].map((patient) => patient.incident().status.phase)).not.toContain("Closed");
  expect(lost).toBeGreaterThan(20);
  stop();
  await Promise.all([requested, applied, proving].map((patient) => recovery(ground, patient)));
  for (const patient of [requested, applied, proving]) patient.expectHealedOnce();
}, 120_000);
