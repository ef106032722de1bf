/** The words of the console: what people read where programs read closed lists. */
import type { Change, Remediation } from "@autoheal/lib/incident";

/** How a workload stands, the worst last. */
export const states = ["Healthy", "Held", "Healing", "Degraded", "NeedsPerson"] as const;

/** How a workload stands. */
export type State = (typeof states)[number];

/** What each state is called on the page. */
export const stateText: Readonly<Record<State, string>> = {
  Healthy: "Healthy",
  Degraded: "Degraded",
  Healing: "Healing",
  Held: "Held",
  NeedsPerson: "Needs a person",
};

/** A sentence's first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a remediation writes, in words. */
export function changeText(change: Change): string {
  switch (change.what) {
    case "restartRollout":
      return "replace all pods, one after the other";
    case "restartPods":
      return `replace ${change.pods.length === 1 ? "pod" : "pods"} ${change.pods.map(({ name }) => name).join(", ")}`;
    case "setReplicas":
      return `change the replicas from ${change.fromReplicas} to ${change.replicas}`;
    case "setMaxReplicas":
      return `change maxReplicas of HorizontalPodAutoscaler ${change.hpa} from ${change.fromMaxReplicas} to ${change.maxReplicas}`;
    case "rollBack":
      return `put back the template of ${change.toRevision} for that of ${change.fromRevision}`;
  }
}

/** What a remediation is called: its remedy, or that it takes one back. */
export function remediationText({ id, remedy }: Pick<Remediation, "id" | "remedy">): string {
  return id.endsWith("-undo") ? `Undo by ${remedy}` : sentence(remedy);
}

/** A duration for people: two units at most. The page's script runs the same function, so it uses nothing around it. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [large, small, size, inner] =
    whole < 3600 ? ["min", "s", 60, 1] : whole < 86_400 ? ["h", "min", 3600, 60] : ["d", "h", 86_400, 3600];
  const rest = Math.floor((whole % Number(size)) / Number(inner));
  return `${Math.floor(whole / Number(size))} ${large}${rest > 0 ? ` ${rest} ${small}` : ""}`;
}
