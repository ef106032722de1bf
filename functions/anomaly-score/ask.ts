import { type ForestEngine, judge, type Score } from "@autoheal/lib/anomaly";
import { type Cluster, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import { PrometheusError, type ReadMetrics } from "@autoheal/lib/drivers/prometheus";
import { type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";
import type { Defaults } from "./config.ts";
import { type Margins, type Past, readPasts } from "./past.ts";
import { gridOf, type Prepared, questionOf } from "./question.ts";
import type { Asked } from "./request.ts";

/** Where questions find what they need. */
export interface Sources {
  cluster: Cluster;
  /** Undefined: no Prometheus is configured. */
  metrics: ReadMetrics | undefined;
  engineOf: (name: ForestEngine["name"]) => ForestEngine;
  defaults: Defaults;
  margins: Margins;
  now: () => Date;
}

/** A score with its question, or why there is none. */
export type Outcome =
  | { readonly kind: "scored"; readonly score: Score; readonly prepared: Prepared }
  /** What was asked can't be answered as it is; in one sentence. */
  | { readonly kind: "wrong"; readonly why: string }
  | { readonly kind: "notFound"; readonly why: string }
  /** Prometheus or the API server did not answer: it may next time. */
  | { readonly kind: "away"; readonly why: string };

/** Answers a question of either sort. */
export async function answer(sources: Sources, asked: Asked): Promise<Outcome> {
  if ("workload" in asked.of) return answerWorkload(sources, asked, asked.of.workload);
  const { samples } = asked.of;
  const engine = sources.engineOf(asked.engine ?? sources.defaults.engine);
  const prepared = questionOf(asked, samples, { seed: "", defaults: sources.defaults, engine });
  return judged(prepared);
}

async function answerWorkload(sources: Sources, asked: Asked, ref: WorkloadRef): Promise<Outcome> {
  const { cluster, now, margins } = sources;
  const isIt = ({ kind, name }: WorkloadRef) => kind === ref.kind && name === ref.name;
  try {
    const [past] = await readPasts(cluster, { namespace: ref.namespace }, isIt, now(), margins);
    if (!past) return { kind: "notFound", why: `there is no ${workloadSubject(ref)}` };
    return await answerPast(sources, asked, past);
  } catch (error) {
    if (isClusterError(error, "Unavailable")) return { kind: "away", why: "Kubernetes is away" };
    throw error;
  }
}

/** Asks Prometheus for a workload's metrics, and judges them. */
export async function answerPast(sources: Sources, asked: Asked, past: Past): Promise<Outcome> {
  const { metrics, defaults, engineOf, now } = sources;
  if (!metrics) return { kind: "wrong", why: "no Prometheus is configured: send the series along" };
  const grid = gridOf(asked, defaults, past.sinceSeconds, now());
  if ("why" in grid) return { kind: "wrong", why: grid.why };
  try {
    const endSeconds = grid.startSeconds + (grid.points - 1) * grid.stepSeconds;
    const range = { startSeconds: grid.startSeconds, endSeconds, stepSeconds: grid.stepSeconds };
    const { samples, warnings } = await metrics(past.workload, range);
    const engine = engineOf(asked.engine ?? defaults.engine);
    const seed = workloadSubject(past.workload);
    const prepared = questionOf(asked, samples, { grid, cuts: past.cuts, seed, defaults, engine });
    if ("why" in prepared) return judged(prepared);
    const warned = warnings.map((warning) => `Prometheus warned: ${warning}`.slice(0, 1024));
    return judged({ ...prepared, notes: [...warned, ...prepared.notes] });
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    return { kind: error.reason === "Away" ? "away" : "wrong", why: error.message };
  }
}

function judged(prepared: Prepared | { why: string }): Outcome {
  if ("why" in prepared) return { kind: "wrong", why: prepared.why };
  return { kind: "scored", score: judge(prepared.question), prepared };
}
