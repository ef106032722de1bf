import type { Diagnosis } from "@autoheal/lib/diagnosis";
import type { Change } from "@autoheal/lib/incident";

/** What a change does, as the end of a sentence that begins with "It will". */
export function actionLine({ change }: { change: Change }): string {
  switch (change.what) {
    case "restartRollout":
      return "restart all pods, one after the other";
    case "restartPods":
      return `restart ${change.pods.map(({ name }) => name).join(", ")}`;
    case "setReplicas":
      return `set replicas from ${change.fromReplicas} to ${change.replicas}`;
    case "setMaxReplicas":
      return `raise ${change.hpa}'s maxReplicas from ${change.fromMaxReplicas} to ${change.maxReplicas}`;
    case "rollBack":
      return `roll back from ${change.fromRevision} to ${change.toRevision}`;
  }
}

/** The evidence, a line each, with what speaks against it marked. */
export function diagnosisLines({ for: pro, against }: Diagnosis): string[] {
  return [...pro.map(({ text }) => text), ...against.map(({ text }) => `Against it: ${text}`)].slice(0, 12);
}

/** A duration as people say it. */
export function spoken(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
