import { expect, test } from "vitest";
import type { Plan } from "../lib/action/index.ts";
import type { Remediation } from "../lib/incident/index.ts";
import { aDeployment, aPod, aRemediation, theObjects } from "../lib/testing/index.ts";
import { readWorkload, type WorkloadObjects } from "../lib/workload/index.ts";
import { plan } from "./plan.ts";

function planned(change: Remediation["change"], objects: Partial<WorkloadObjects> = {}): ReturnType<Plan> {
  const all = theObjects(objects);
  return plan({ entry: aRemediation({ change }), workload: readWorkload(all), objects: all });
}
const pods = (...letters: string[]) => letters.map((letter) => ({ name: `web-2-${letter}`, uid: `uid-${letter}` }));
const hung = (letter: string, metadata = {}) => aPod(letter, false, metadata);
const web = { namespace: "shop", name: "web" };
const mark = (kind: string) => ({ do: "mark", workload: { kind, ...web }, uid: "uid-web", id: "5c1d-1" });

test.each(["Deployment", "StatefulSet", "DaemonSet"] as const)("a rollout of a %s", (kind) => {
  expect(planned({ what: "restartRollout" }, { kind })).toEqual({
    there: false,
    effects: [
      {
        do: "merge",
        object: { kind, ...web },
        patch: {
          metadata: { resourceVersion: "100", annotations: { "autoheal.dev/remediation": "5c1d-1" } },
          spec: {
            template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-01-01T11:59:59Z" } } },
          },
        },
      },
    ],
  });
});

test.each<[sentence: string, named: string[], there: WorkloadObjects["pods"], evicted: string[]]>([
  ["both that are named", ["a", "b"], [hung("a"), hung("b"), hung("c")], ["a", "b"]],
  ["the one that is left", ["a", "b"], [hung("b"), hung("c")], ["b"]],
  ["not one that is on its way out", ["a", "b"], [hung("a", { deletionTimestamp: "x" }), hung("b")], ["b"]],
  ["not one of the same name that is another", ["a", "b"], [hung("a", { uid: "new" }), hung("b")], ["b"]],
  ["not one of another workload", ["a", "b"], [hung("a", { ownerReferences: [] }), hung("b")], ["b"]],
  ["not one that is ready again", ["a", "b"], [aPod("a"), hung("b"), aPod("c")], ["b"]],
])("evicts %s", (_sentence, named, there, evicted) => {
  expect(planned({ what: "restartPods", pods: pods(...named) }, { pods: there })).toEqual({
    there: false,
    effects: [{ do: "evict", namespace: "shop", pods: pods(...evicted) }, mark("Deployment")],
  });
});

test("all that are named are gone: only the mark is missing", () => {
  const objects = { pods: [aPod("c")], object: aDeployment() };
  expect(planned({ what: "restartPods", pods: pods("a", "b") }, objects)).toEqual({
    there: true,
    effects: [mark("Deployment")],
  });
});

test("one that was named is gone, the other is ready again: only the mark is missing", () => {
  expect(planned({ what: "restartPods", pods: pods("a", "z") })).toEqual({
    there: true,
    effects: [mark("Deployment")],
  });
});

test("all that are named are ready again: nobody needs a restart any more", () => {
  expect(planned({ what: "restartPods", pods: pods("a", "b") })).toMatchObject({
    verdict: "hold",
    reason: "ChangedMeanwhile",
  });
});

test.each<Remediation["change"]>([
  { what: "setReplicas", replicas: 0, fromReplicas: 3 },
  { what: "setMaxReplicas", hpa: "web", hpaUid: "u", maxReplicas: 9, fromMaxReplicas: 3 },
  { what: "rollBack", toRevision: "web-1", toUid: "a", fromRevision: "web-2", fromUid: "b" },
])("$what is no restart", (change) => {
  expect(planned(change)).toMatchObject({ verdict: "hold", reason: "NotReserved" });
});
