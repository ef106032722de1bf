/** Time as the cluster sees it: Kubernetes' own long constants pass `timeScale` times faster. */
export interface Clock {
  now(): number;
  /** Runs once after so many real milliseconds; the answer cancels it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Real milliseconds that so many Kubernetes seconds (back-off, deadline, grace) take here. */
  scaled(seconds: number): number;
}

/** The machine's clock, sped up for Kubernetes' constants only. */
export function systemClock(timeScale: number): Clock {
  return {
    now: () => Date.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    scaled: (seconds) => (seconds * 1000) / timeScale,
  };
}

/** A metav1.Time, which has whole seconds. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
