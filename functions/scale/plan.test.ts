import { expect, test } from "vitest";
import type { Plan } from "../lib/action/index.ts";
import type { Remediation } from "../lib/incident/index.ts";
import { aDeployment, anAutoscaler, aRemediation, theObjects } from "../lib/testing/index.ts";
import { readWorkload, type WorkloadObjects } from "../lib/workload/index.ts";
import { plan } from "./plan.ts";

function planned(change: Remediation["change"], objects: Partial<WorkloadObjects> = {}): ReturnType<Plan> {
  const all = theObjects(objects);
  const entry = aRemediation({ remedy: "scale", change });
  return plan({ entry, workload: readWorkload(all), objects: all });
}
const web = { namespace: "shop", name: "web" };
const annotations = { "autoheal.dev/remediation": "5c1d-1" };
const mark = { do: "mark", workload: { kind: "Deployment", ...web }, uid: "uid-web", id: "5c1d-1" };
const toFive = { what: "setReplicas", replicas: 5, fromReplicas: 3 } as const;
const maxOfFive = {
  what: "setMaxReplicas",
  hpa: "web",
  hpaUid: "uid-hpa",
  maxReplicas: 5,
  fromMaxReplicas: 3,
} as const;
const hpa = (parts: Parameters<typeof anAutoscaler>[0] = {}) => ({ autoscalers: [anAutoscaler(parts)] });
const metadata = { name: "web", namespace: "shop", uid: "uid-hpa", resourceVersion: "90" };

test.each(["Deployment", "StatefulSet"] as const)("a %s gets an absolute number of replicas", (kind) => {
  expect(planned(toFive, { kind })).toEqual({
    there: false,
    effects: [
      {
        do: "merge",
        object: { kind, ...web },
        patch: { metadata: { resourceVersion: "100", annotations }, spec: { replicas: 5 } },
      },
    ],
  });
});

test("what somebody has scaled since is not taken back over their head", () => {
  const toThree = { what: "setReplicas", replicas: 3, fromReplicas: 5 } as const;
  const byHand = (replicas: number) => {
    const object = aDeployment();
    return planned(toThree, { object: { ...object, spec: { ...object.spec, replicas } as never } }); // reason: the rest of the spec is there
  };
  expect(byHand(5)).toMatchObject({ there: false });
  expect(byHand(20)).toMatchObject({ verdict: "hold", reason: "ChangedMeanwhile" });
});

test("a DaemonSet has no replicas", () => {
  expect(planned(toFive, { kind: "DaemonSet" })).toMatchObject({ verdict: "hold", reason: "NotScalable" });
});

test("an autoscaler gets another maximum, by its own resourceVersion and with its own mark", () => {
  expect(planned(maxOfFive, hpa())).toEqual({
    there: false,
    effects: [
      {
        do: "merge",
        object: { kind: "HorizontalPodAutoscaler", ...web },
        patch: { metadata: { resourceVersion: "90", annotations }, spec: { maxReplicas: 5 } },
      },
      mark,
    ],
  });
});

test("an autoscaler that has the mark: only the workload's is missing", () => {
  expect(planned(maxOfFive, hpa({ metadata: { ...metadata, annotations } }))).toEqual({ there: true, effects: [mark] });
});

test.each<[sentence: string, objects: Partial<WorkloadObjects>, reason: string]>([
  ["there is none", {}, "AutoscalerGone"],
  ["it was made anew", hpa({ metadata: { ...metadata, uid: "new" } }), "AutoscalerGone"],
  ["it has another name", hpa({ metadata: { ...metadata, name: "web2" } }), "AutoscalerGone"],
  [
    "it scales something else by now",
    hpa({ spec: { scaleTargetRef: { kind: "Deployment", name: "api" }, maxReplicas: 3 } }),
    "AutoscalerGone",
  ],
  [
    "somebody changed its maximum",
    hpa({ spec: { scaleTargetRef: { kind: "Deployment", name: "web" }, maxReplicas: 4 } }),
    "ChangedMeanwhile",
  ],
])("an autoscaler, but %s", (_sentence, objects, reason) => {
  expect(planned(maxOfFive, objects)).toMatchObject({ verdict: "hold", reason });
});

test.each<Remediation["change"]>([
  { what: "restartRollout" },
  { what: "restartPods", pods: [{ name: "web-2-a", uid: "uid-a" }] },
  { what: "rollBack", toRevision: "web-1", toUid: "a", fromRevision: "web-2", fromUid: "b" },
])("$what is no scale", (change) => {
  expect(planned(change)).toMatchObject({ verdict: "hold", reason: "NotReserved" });
});
