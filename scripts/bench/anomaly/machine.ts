import type { Metric } from "../../../functions/lib/anomaly/index.ts";
import { rocAuc } from "../ranking.ts";
import type { LabelledMachine } from "../series-folder.ts";
import { quietDays, recallWithin, seen } from "./alarms.ts";
import type { Contender, Stretch } from "./contenders.ts";
import { averagePrecision } from "./precision.ts";
import { volumeUnderPrecisionRecall } from "./volume.ts";

/** What one method scores on one machine. */
export interface MachineFigures {
  vusPr: number;
  averagePrecision: number;
  rocAuc: number;
  /** Events seen at one false alarm a day, with the threshold that the labels would choose. */
  recallOracle: number;
  /** The same with the threshold that the method chose itself before it saw a judged point. */
  recallCalibrated?: number;
  /** False alarms by that threshold, as a multiple of the budget. */
  budgetUsed?: number;
  /** Share of events whose first reason is a metric that the event touched. */
  topReason?: number;
}

/** Points of slope about events: the reference's own example (github.com/TheDatumOrg/VUS) takes 100. */
const slopePoints = 100;

/** What R@1FA is: one false alarm a day. */
const perDay = 1;

/** The train part of a machine is the baseline, its test part is judged. */
export function stretchOf(name: string, machine: LabelledMachine, stepSeconds: number): Stretch {
  const { train, test } = machine;
  const metrics = Array.from({ length: train.columns }, (_, column): Metric => {
    const values = new Float64Array(train.rows + test.rows);
    for (let i = 0; i < train.rows; i++) values[i] = train.values[i * train.columns + column] ?? Number.NaN;
    for (let i = 0; i < test.rows; i++) values[train.rows + i] = test.values[i * test.columns + column] ?? Number.NaN;
    return { name: metricName(column), kind: "value", values };
  });
  return { name, metrics, judgedFrom: train.rows, startSeconds: 0, stepSeconds };
}

function metricName(column: number): string {
  return `metric ${String(column + 1).padStart(3, "0")}`;
}

/** All figures of one method on one machine. */
export function machineFigures(contender: Contender, stretch: Stretch, machine: LabelledMachine): MachineFigures {
  const { labels, events } = machine;
  const { stepSeconds } = stretch;
  const explain = events.map(({ from, to }) => ({
    fromSeconds: secondsOf(stretch, from),
    toSeconds: secondsOf(stretch, to),
  }));
  const { scores, judgement } = contender({ ...stretch, explain }, { falseAlarms: perDay, perSeconds: 86_400 });
  const figures: MachineFigures = {
    vusPr: volumeUnderPrecisionRecall(scores, labels, slopePoints),
    averagePrecision: averagePrecision(scores, labels),
    rocAuc: rocAuc(scores, labels) ?? Number.NaN,
    recallOracle: recallWithin(scores, labels, stepSeconds, perDay),
  };
  if (!judgement) return figures;
  const { alarm } = judgement.points;
  const { recall, falseAlarms } = seen((i) => alarm[i] === 1, labels, stepSeconds);
  figures.recallCalibrated = recall;
  figures.budgetUsed = falseAlarms / (perDay * quietDays(labels, stepSeconds));
  if (events.length > 0) {
    const right = events.filter(({ columns }, k) => {
      const first = judgement.explained[k]?.reasons[0]?.metric;
      return columns.some((column) => metricName(column) === first);
    });
    figures.topReason = right.length / events.length;
  }
  return figures;
}

/** When a row of the test part is. */
function secondsOf({ startSeconds, judgedFrom, stepSeconds }: Stretch, row: number): number {
  return startSeconds + (judgedFrom + row) * stepSeconds;
}
