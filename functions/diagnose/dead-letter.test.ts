import { type Cluster, ClusterError, type ClusterObject } from "@autoheal/lib/drivers/kubernetes";
import { eventType, type IncomingEvent, pingType } from "@autoheal/lib/event";
import { now } from "@autoheal/lib/testing";
import { expect, test, vi } from "vitest";
import { recordDeadLetter } from "./dead-letter.ts";
import { clusterOf } from "./testing.ts";

/** An office whose cluster creates by `create`. */
function officeWith(create: (resource: string, namespace: string, object: ClusterObject) => Promise<ClusterObject>) {
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const cluster = { ...clusterOf([]), create: create as Cluster["create"] }; // reason: it creates what it is given
  return { office: { cluster, namespace: "autoheal", log, now }, log };
}

const letter = (type: string, id = "1"): IncomingEvent => ({
  id,
  type,
  source: "/autoheal/diagnose",
  subject: "shop/Deployment/web",
  extensions: { knativeerrorcode: "503" },
  data: {},
});

test("what the Broker gave up on is one Event on it, however often it is brought", async () => {
  const created = new Map<string, ClusterObject>();
  const { office, log } = officeWith(async (resource, namespace, object) => {
    const name = `${resource} ${namespace}/${object.metadata.name}`;
    if (created.has(name)) throw new ClusterError("AlreadyExists", "it is there");
    created.set(name, object);
    return object;
  });
  for (const id of ["1", "1", "2"]) await recordDeadLetter(office, letter(eventType("remedy.requested"), id));
  expect([...created.values()]).toEqual(
    [1, 2].map((id) =>
      expect.objectContaining({
        reason: "DeadLetter",
        involvedObject: expect.objectContaining({ kind: "Broker", namespace: "autoheal", name: "healing" }),
        message: `dev.autoheal.remedy.requested.v1 ${id} about shop/Deployment/web was not delivered (503)`,
      }),
    ),
  );
  expect(log.error).toHaveBeenCalledTimes(3);
  expect(log.warn).not.toHaveBeenCalled();
});

test.each([eventType("incident.due"), pingType])("a lost %s comes again by itself: it is only logged", async (type) => {
  const create = vi.fn();
  const { office, log } = officeWith(create);
  await recordDeadLetter(office, letter(type));
  expect(create).not.toHaveBeenCalled();
  expect(log.error).toHaveBeenCalledOnce();
});

test("where the API server is away, it is recorded in the log alone, and not brought again", async () => {
  const { office, log } = officeWith(async () => {
    throw new ClusterError("Unavailable", "no answer within 5000 ms");
  });
  await recordDeadLetter(office, letter(eventType("incident.closed")));
  expect(log.warn).toHaveBeenCalledOnce();
});
