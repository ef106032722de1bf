const INITIAL_SECONDS = 10;
const LONGEST_SECONDS = 300;

/** The kubelet's back-off: the first time at once, then 10 s doubling to 5 min; forgotten after ten good minutes. */
export class BackOff {
  #seconds: number | undefined;
  #lastStart = 0;
  readonly #scaled: (seconds: number) => number;

  constructor(scaled: (seconds: number) => number) {
    this.#scaled = scaled;
  }

  /** Kubernetes seconds to wait after an end at `finishedAt` (real milliseconds) before the next start. */
  next(finishedAt: number): number {
    const hasRecovered = finishedAt - this.#lastStart > this.#scaled(2 * LONGEST_SECONDS);
    const wait = this.#seconds === undefined || hasRecovered ? 0 : this.#seconds;
    this.#seconds = wait === 0 ? INITIAL_SECONDS : Math.min(wait * 2, LONGEST_SECONDS);
    this.#lastStart = finishedAt + this.#scaled(wait);
    return wait;
  }
}
