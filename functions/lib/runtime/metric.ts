import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { coalesced } from "./in-turns.ts";

/** prom-client's metrics, for those who compute theirs at each scrape. */
export { Counter, Gauge, Histogram, Registry };

/** Counts one more of what the labels say. */
export type Count<L extends string> = (labels: Readonly<Record<L, string>>) => void;

/** How many counts wait at most until somebody asks for them. */
const mostWaiting = 1_000;

/**
 * What a function serves at `/metrics`. Most processes end before anybody asks: so metrics are made, and what was counted is
 * counted, by the first that asks, or when many counts wait.
 */
export interface Metrics {
  /** Has a metric made in the registry, later; gives the way to use it, in the order of the uses. */
  late<T>(make: (registry: Registry) => T): (use: (metric: T) => void) => void;
  /** Every metric in Prometheus' text format, and its content type. */
  scrape(): Promise<{ type: string; text: string }>;
}

/** A function's own metrics, which live as long as the process. */
export function openMetrics(): Metrics {
  let registry: Registry | undefined;
  const waiting: ((registry: Registry) => void)[] = [];
  const catchUp = () => {
    registry ??= new Registry();
    for (const step of waiting.splice(0)) step(registry);
    return registry;
  };
  return {
    late: (make) => {
      let metric: ReturnType<typeof make> | undefined;
      waiting.push((it) => {
        metric = make(it);
      });
      return (use) => {
        waiting.push(() => use(metric as ReturnType<typeof make>)); // reason: it was made by a step before
        if (registry || waiting.length >= mostWaiting) catchUp();
      };
    },
    scrape: async () => {
      const { contentType } = catchUp();
      return { type: contentType, text: await catchUp().metrics() };
    },
  };
}

/** Metrics that are made anew at each scrape, from what `fill` reads: they outlive the process. Scrapes that come at once share them. */
export function derivedMetrics(fill: (registry: Registry) => Promise<void>): Metrics {
  const together = coalesced();
  return {
    ...openMetrics(),
    scrape: () =>
      together("scrape", async () => {
        const registry = new Registry();
        await fill(registry);
        return { type: registry.contentType, text: await registry.metrics() };
      }),
  };
}

/** A counter of a function: `autoheal_..._total`, with few, closed label values. */
export function counter<L extends string>(
  metrics: Metrics,
  name: string,
  help: string,
  labelNames: readonly L[],
): Count<L> {
  const counts = metrics.late(
    (registry) => new Counter({ name, help, labelNames: [...labelNames], registers: [registry] }),
  );
  // reason: prom-client's type of labels is partial and mutable, ours is complete
  return (labels) => counts((it) => it.inc(labels as Partial<Record<L, string>>));
}
