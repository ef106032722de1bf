import { expect, test } from "vitest";
import { defaultPolicy } from "../policy/index.ts";
import { anIncident, aToken, incidentUid, now, theObjects } from "../testing/index.ts";
import {
  type Doors,
  mergeSpec,
  parseNote,
  type Request,
  runAction,
  type Seen,
  type Written,
  writing,
} from "./index.ts";

const request: Request = {
  remedy: "restart",
  plan: ({ workload, entry }) =>
    writing(mergeSpec(workload, entry.id, { first: true }), mergeSpec(workload, entry.id, { second: true })),
  note: {
    incident: { namespace: "shop", name: "deployment-web-1", uid: incidentUid },
    remediation: `${incidentUid}-1`,
  },
  settings: { protectedNamespaces: [], confirmAlerts: true },
};
const calm: Seen = {
  incident: anIncident(),
  ledger: {
    metadata: { name: "default", uid: "l", resourceVersion: "1", creationTimestamp: "" },
    status: { tokens: [aToken()] },
  },
  objects: theObjects(),
  policy: defaultPolicy,
  now,
};
const changed: Written = { kind: "changed" };

/** Doors to a cluster whose writes end like this, one after the other, and then well. */
function doors(...ends: Written[]) {
  const count = { reads: 0, writes: 0 };
  const both: Doors = {
    observe: async () => {
      count.reads++;
      return calm;
    },
    perform: async () => ends[count.writes++] ?? { kind: "written" },
  };
  return { ...both, count };
}

test("one read, and every write", async () => {
  const way = doors();
  expect((await runAction(request, way)).decision.reason).toBe("Requested");
  expect(way.count).toEqual({ reads: 1, writes: 2 });
});

test.each([1, 2, 3])("%i writes by somebody else: it is read and decided again", async (times) => {
  const way = doors(...Array.from({ length: times }, () => changed));
  expect((await runAction(request, way)).decision.reason).toBe("Requested");
  expect(way.count).toEqual({ reads: times + 1, writes: times + 2 });
});

test("4 writes by somebody else: given up, to be tried again later", async () => {
  const way = doors(changed, changed, changed, changed);
  await expect(runAction(request, way)).rejects.toThrow("somebody else wrote 4 times");
  expect(way.count).toEqual({ reads: 4, writes: 4 });
});

test("a refused write is the last", async () => {
  const way = doors({ kind: "refused", message: "not enabled" });
  expect((await runAction(request, way)).decision).toEqual({
    verdict: "hold",
    reason: "WriteRefused",
    message: "not enabled",
  });
  expect(way.count).toEqual({ reads: 1, writes: 1 });
});

test("what is held is not written", async () => {
  const way = { ...doors(), observe: async () => ({ ...calm, ledger: undefined }) };
  expect((await runAction(request, way)).decision.reason).toBe("NotReserved");
  expect(way.count.writes).toBe(0);
});

const incident = { namespace: "shop", name: "deployment-web-1", uid: "u" };

test("a note names an incident and a remediation; what else is in it is left aside", () => {
  expect(parseNote({ incident, remediation: "u-1", reason: "x" })).toEqual({ incident, remediation: "u-1" });
});

test.each([
  ["nothing", undefined],
  ["a text", "u-1"],
  ["no remediation", { incident }],
  ["an empty remediation", { incident, remediation: "" }],
  ["no uid", { incident: { ...incident, uid: undefined }, remediation: "u-1" }],
  ["a name that is a path", { incident: { ...incident, name: ".." }, remediation: "u-1" }],
  ["a name that has one", { incident: { ...incident, name: "a/../b" }, remediation: "u-1" }],
  ["no name", { incident: { ...incident, name: "" }, remediation: "u-1" }],
])("no note: %s", (_name, data) => {
  expect(parseNote(data)).toBeUndefined();
});
