import { Counter, Registry } from "prom-client";

/** Counts one more of what the labels say. */
export type Count<L extends string> = (labels: Readonly<Record<L, string>>) => void;

/** A counter in a function's registry: `autoheal_..._total`, with few, closed label values. */
export function counter<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
): Count<L> {
  const counts = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  // reason: prom-client's type of labels is partial and mutable, ours is complete
  return (labels) => counts.inc(labels as Partial<Record<L, string>>);
}

/** A function's own registry, for counters that are needed before its routes are there. */
export function openRegistry(): Registry {
  return new Registry();
}
