import type { HeldAlert } from "@autoheal/lib/alert";
import type { ListAlerts, RaiseAlerts } from "@autoheal/lib/drivers/alertmanager";
import type { Log } from "@autoheal/lib/runtime";
import { workloadSubject } from "@autoheal/lib/workload";
import { alarmsOf, subjectOf, type Verdict } from "./alarm.ts";
import { answerPast, type Sources } from "./ask.ts";
import type { Past } from "./past.ts";
import { nothingSaid } from "./request.ts";
import { readWatched } from "./watched.ts";

/** Most workloads whose metrics are under way at once: Prometheus runs twenty queries at a time, by default. */
const parallel = 4;

/** How long a tick begins with further workloads, in ms: the last of them have to be through, and told of, within its 58 s. */
const beginningMs = 50_000;

/** What the tick works with, beside what answers questions. */
export interface Ticking extends Sources {
  /** Undefined: no Alertmanager is configured. */
  alertmanager: { list: ListAlerts; raise: RaiseAlerts } | undefined;
  tickSeconds: number;
  /** This cluster's name; empty: it has none. */
  clusterName: string;
  log: Log;
}

/**
 * Scores every workload that was opted in, and tells Alertmanager. One that can't be judged keeps the others from nothing;
 * rejects when none could be, or when Alertmanager did not take what there was to tell. Where Prometheus is too slow for all
 * of them the rest is left, others each time: work that nobody waits for any more would be under way at the next tick, too.
 */
export async function tick(ticking: Ticking): Promise<void> {
  const { cluster, alertmanager, log, now, tickSeconds, clusterName } = ticking;
  const begun = now();
  const held = alertmanager ? await alertmanager.list() : [];
  const watched = inTurn(
    await readWatched(cluster, begun, ticking.margins),
    held,
    begun.getTime() / 1000 / tickSeconds,
  );
  const queue = watched.entries();
  const verdicts: Verdict[] = watched.map(({ workload }) => ({ workload, score: undefined }));
  let left = watched.length;
  const worker = async () => {
    for (const [i, past] of queue) {
      if (now().getTime() - begun.getTime() > beginningMs) return;
      left -= 1;
      verdicts[i] = await verdictOf(ticking, past);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  const scored = verdicts.flatMap(({ score }) => score ?? []);
  const tooLittle = scored.filter(({ verdict }) => verdict === "INSUFFICIENT_DATA").length;
  const alarms = alertmanager ? alarmsOf(verdicts, held, now(), tickSeconds, clusterName) : [];
  if (alertmanager && alarms.length > 0) await alertmanager.raise(alarms);
  const judged = scored.length - tooLittle;
  const fields = { watched: watched.length, judged, tooLittle, told: alarms.length, left };
  log.info({ ...fields, milliseconds: now().getTime() - begun.getTime() }, "ticked");
  if (watched.length > 0 && scored.length === 0) throw new Error("no workload could be judged");
}

/**
 * Workloads whose alert is held come first, as it would end if they were left out; the others in their order, from a place that
 * is another at each tick. Steps of the golden ratio leave no gap for long, however many there are.
 */
function inTurn(watched: readonly Past[], held: readonly HeldAlert[], ticks: number): Past[] {
  const firing = new Set(held.map(({ labels }) => subjectOf(labels)));
  const isTold = ({ workload }: Past) => firing.has(workloadSubject(workload));
  const others = watched.filter((past) => !isTold(past));
  const from = Math.floor(((Math.floor(ticks) * 0.618_034) % 1) * others.length);
  return [...watched.filter(isTold), ...others.slice(from), ...others.slice(0, from)];
}

async function verdictOf(ticking: Ticking, past: Past): Promise<Verdict> {
  const { workload } = past;
  try {
    const outcome = await answerPast(ticking, { ...nothingSaid, of: { workload } }, past);
    if (outcome.kind === "scored") return { workload, score: outcome.score };
    ticking.log.warn({ workload: workloadSubject(workload), why: outcome.why }, "not scored");
  } catch (error) {
    ticking.log.error({ workload: workloadSubject(workload), error }, "not scored");
  }
  return { workload, score: undefined };
}
