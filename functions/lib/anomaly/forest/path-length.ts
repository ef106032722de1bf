import { mostSamples } from "./forest.ts";

/** H(i) = 1 + 1/2 + ... + 1/i, for i below the largest sample. Additions and divisions only: the same on every machine. */
const harmonic = new Float64Array(mostSamples);
for (let i = 1; i < mostSamples; i += 1) harmonic[i] = (harmonic[i - 1] ?? 0) + 1 / i;

/**
 * c(n): how many cuts a row among n is isolated by on average, which is the mean length of an unsuccessful search in a binary
 * tree of n: 2 H(n - 1) - 2 (n - 1) / n (Liu, Ting and Zhou, equation 1), for n from 1 to 256. The paper estimates H(i) by ln(i) +
 * .5772156649, which is off by a quarter for n = 3, and leaves are small; here H is summed.
 */
export function averagePathLength(n: number): number {
  return 2 * (harmonic[n - 1] ?? 0) - (2 * (n - 1)) / n;
}

/** The paper's score of a mean path length in trees of n rows. With one row nothing can be told, so all are usual. */
export function scoreOf(meanPathLength: number, n: number): number {
  return n > 1 ? 2 ** (-meanPathLength / averagePathLength(n)) : 0.5;
}
