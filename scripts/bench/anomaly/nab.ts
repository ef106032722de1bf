/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, ICMLA 2015; numenta/NAB, nab/sweeper.py and nab/scorer.py),
 * standard profile: early detection within a window counts up to 1, a false one .11, a missed window 1.
 */
const standardProfile = { truePositive: 1, falsePositive: 0.11, falseNegative: 1 };

/** Points at the beginning that are not scored: 15 % of a file, and of 5000 points at most. */
export function probation(points: number): number {
  return Math.min(Math.floor(0.15 * points), 0.15 * 5000);
}

/** Scores of a file, and its windows by their first and last point. */
export interface NabFile {
  readonly scores: Float64Array;
  readonly windows: readonly (readonly [first: number, last: number])[];
}

/** What a detection at each point is worth, and in which window it is. */
interface Detection {
  readonly score: number;
  readonly worth: number;
  readonly window: number;
}

/**
 * The score of files with the one threshold that is best for all of them, as NAB chooses it: 100 when each window is detected at
 * its first point and nothing else is, 0 when nothing is detected. NaN where there is no window.
 */
export function nabScore(files: readonly NabFile[], weights = standardProfile): { score: number; threshold: number } {
  const windows = files.reduce((sum, file) => sum + file.windows.length, 0);
  let offset = 0;
  const detections = files.flatMap((file) => {
    const own = detectionsOf(file, offset, weights);
    offset += file.windows.length;
    return own;
  });
  detections.sort((a, b) => b.score - a.score);
  const best = new Float64Array(windows).fill(-weights.falseNegative);
  let total = -weights.falseNegative * windows;
  let highest = { total, threshold: Number.POSITIVE_INFINITY };
  detections.forEach(({ score, worth, window }, k) => {
    if (window < 0) total += worth;
    else {
      const gain = worth - (best[window] ?? 0);
      if (gain > 0) {
        total += gain;
        best[window] = worth;
      }
    }
    if (detections[k + 1]?.score !== score && total > highest.total) highest = { total, threshold: score };
  });
  const nothing = -weights.falseNegative * windows;
  const perfect = weights.truePositive * windows;
  return { score: (100 * (highest.total - nothing)) / (perfect - nothing), threshold: highest.threshold };
}

function detectionsOf({ scores, windows }: NabFile, offset: number, weights: typeof standardProfile): Detection[] {
  const detections: Detection[] = [];
  for (let i = probation(scores.length); i < scores.length; i++) {
    const score = scores[i] ?? Number.NaN;
    if (Number.isNaN(score)) continue;
    const inside = windows.findIndex(([first, last]) => i >= first && i <= last);
    detections.push({ score, worth: worthOf(i, windows, inside, weights), window: inside < 0 ? -1 : offset + inside });
  }
  return detections;
}

function worthOf(i: number, windows: NabFile["windows"], inside: number, weights: typeof standardProfile): number {
  const [first, last] = windows[inside] ?? [0, 0];
  if (inside >= 0) {
    return (weights.truePositive * scaledSigmoid(-(last - i + 1) / (last - first + 1))) / scaledSigmoid(-1);
  }
  const before = windows.findLast(([, last]) => last < i);
  const past = before ? (i - before[1]) / (before[1] - before[0]) : Number.POSITIVE_INFINITY;
  return weights.falsePositive * scaledSigmoid(past);
}

function scaledSigmoid(position: number): number {
  return position >= 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
