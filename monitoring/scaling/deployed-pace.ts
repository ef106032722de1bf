import { parseDuration } from "./duration.ts";
import type { Pace } from "./pace.ts";

/** Divided by so much at most: above it, even ranges over a sample a second hold too few. */
const mostTimeScale = 30;

const annotations = { timeScale: "autoheal.dev/time-scale", shortestRange: "autoheal.dev/shortest-range" } as const;

/** A pace out of words, such as `10` and `30s`. Throws RangeError on a time scale that is no number from 1 to 30. */
export function readPace(timeScale: string, shortestRange = "1s"): Pace {
  const factor = Number(timeScale);
  if (!(factor >= 1 && factor <= mostTimeScale)) {
    throw new RangeError(`the time scale is "${timeScale}": expected a number from 1 to ${mostTimeScale}`);
  }
  return { timeScale: factor, shortestRangeMs: parseDuration(shortestRange) };
}

/** How the ConfigMap `autoheal` says at which pace its cluster was deployed. */
export function paceAnnotations({ timeScale, shortestRangeMs }: Pace): Record<string, string> {
  return { [annotations.timeScale]: String(timeScale), [annotations.shortestRange]: `${shortestRangeMs}ms` };
}

/** The pace that those annotations say; without them production's. */
export function paceOf(found: Readonly<Record<string, string>> = {}): Pace {
  return readPace(found[annotations.timeScale] ?? "1", found[annotations.shortestRange]);
}
