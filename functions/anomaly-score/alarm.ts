import type { HeldAlert } from "@autoheal/lib/alert";
import { benjaminiHochberg, type Judgement, type Score } from "@autoheal/lib/anomaly";
import type { RaisedAlert } from "@autoheal/lib/drivers/alertmanager";
import { type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";

/** The alert that a workload is unlike itself. */
export const alertName = "WorkloadAnomalous";

/** Among the workloads that are alarmed of in one tick, this share may be false (Benjamini and Hochberg). */
const falseDiscoveryRate = 0.1;

/** An alert that is not told again lives for so many ticks: one may fail. */
const ticksAlive = 3;

/** What became of one workload in a tick; no score: it could not be judged. */
export interface Verdict {
  readonly workload: WorkloadRef;
  readonly score: Score | undefined;
}

/**
 * The alerts that say what a tick found. An alarm that goes on is told again; one of a workload that is judged to be well is
 * ended; where nothing could be judged, or nothing is known of now, nothing is said, and an alert that was ends by itself.
 * With a name of this cluster, alerts carry it: clusters may share an Alertmanager, and their workloads' names.
 */
export function alarmsOf(
  verdicts: readonly Verdict[],
  held: readonly HeldAlert[],
  now: Date,
  tickSeconds: number,
  clusterName = "",
): RaisedAlert[] {
  const believed = benjaminiHochberg(
    verdicts.map(({ score }) => (score && score.verdict !== "INSUFFICIENT_DATA" ? score.p : Number.NaN)),
    falseDiscoveryRate,
  );
  const ours = held.filter(({ labels: { cluster = "" } }) => cluster === clusterName);
  const firing = new Map(ours.map((alert) => [subjectOf(alert.labels), alert]));
  return verdicts.flatMap(({ workload, score }, i) => {
    if (!score || score.verdict === "INSUFFICIENT_DATA") return [];
    const already = firing.get(workloadSubject(workload));
    if (score.now.alarm && (believed[i] || already)) {
      const endsAt = new Date(now.getTime() + ticksAlive * tickSeconds * 1000).toISOString();
      return [
        { ...alarmOf(workload, score, now, clusterName), ...(already ? { startsAt: already.startsAt } : {}), endsAt },
      ];
    }
    // Nothing is known of now: that is not the same as nothing is wrong.
    if (!already || Number.isNaN(score.now.p)) return [];
    const { labels, annotations, startsAt } = already;
    return [{ labels, annotations, startsAt, endsAt: now.toISOString() }];
  });
}

function alarmOf(workload: WorkloadRef, score: Judgement, now: Date, cluster: string): Omit<RaisedAlert, "endsAt"> {
  const began = score.alarms.at(-1)?.fromSeconds ?? now.getTime() / 1000;
  const [first] = score.reasons;
  const subject = workloadSubject(workload);
  return {
    labels: {
      ...labelsOf(workload),
      ...(cluster ? { cluster } : {}),
      severity: "warning",
      autoheal_type: "anomaly",
    },
    annotations: {
      summary: `${subject} is unlike itself${first ? `: ${first.text}` : ""}`,
      description: score.reasons.map(({ text }) => text).join("; "),
      score: score.score.toFixed(3),
      p: score.p.toExponential(2),
      runbook_url: `monitoring/runbooks/${alertName}.md`,
    },
    startsAt: new Date(began * 1000).toISOString(),
  };
}

function labelsOf({ kind, namespace, name }: WorkloadRef): Record<string, string> {
  return { alertname: alertName, namespace, [kind.toLowerCase()]: name };
}

/** The workload that such an alert is about, by its labels. */
export function subjectOf({
  namespace = "",
  deployment,
  statefulset,
  daemonset,
}: Readonly<Record<string, string>>): string {
  const [kind, name] = deployment
    ? (["Deployment", deployment] as const)
    : statefulset
      ? (["StatefulSet", statefulset] as const)
      : (["DaemonSet", daemonset ?? ""] as const);
  return workloadSubject({ kind, namespace, name });
}
