import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** prom-client's metrics, for those who compute theirs at each scrape. */
export { Counter, Gauge, Histogram, Registry };

/** A registry whose metrics are made anew at each scrape, from what `fill` reads: they outlive the process. */
export function derivedRegistry(fill: (registry: Registry) => Promise<void>): Registry {
  return new DerivedRegistry(fill);
}

class DerivedRegistry extends Registry {
  readonly #fill: (registry: Registry) => Promise<void>;

  constructor(fill: (registry: Registry) => Promise<void>) {
    super();
    this.#fill = fill;
  }

  override async metrics(): Promise<string> {
    const scrape = new Registry();
    await this.#fill(scrape);
    return scrape.metrics();
  }
}
