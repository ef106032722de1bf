import type { Metric, MetricKind } from "./question.ts";

/** Samples of one metric as they came: Prometheus' `[seconds, "value"]`, or two columns turned into pairs. */
export interface Samples {
  readonly name: string;
  readonly kind: MetricKind;
  readonly samples: readonly (readonly [seconds: number, value: number | string | null])[];
}

/** The points that are wanted: `points` of them, the first at `startSeconds`. */
export interface Grid {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly points: number;
}

/** Metrics on one grid, or why there are none. */
export type Aligned =
  | {
      readonly aligned: true;
      readonly grid: Grid;
      readonly metrics: readonly Metric[];
      readonly notes: readonly string[];
    }
  | { readonly aligned: false; readonly why: "NoSamples" | "StepUnclear" | "TooLarge"; readonly message: string };

/**
 * Puts samples on a grid; without one, on that of the samples themselves (their least time to their last, the median
 * distance). Gaps of up to two steps are carried on.
 */
export function alignSamples(_series: readonly Samples[], _grid?: Grid): Aligned {
  throw new Error("not built yet");
}
