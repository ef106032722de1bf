import type { Thresholds } from "@autoheal/lib/evidence";

/** What `diagnose` was configured with, where the policy does not say it. */
export interface Settings {
  /** AutoHeal's own namespace. */
  ownNamespace: string;
  protectedNamespaces: readonly string[];
  /** True where Alertmanager's API is configured: only alerts seen there count. */
  confirmAlerts: boolean;
  thresholds: Thresholds;
  /** What rates of requests look back over. */
  rateWindowSeconds: number;
  /** How long until an open incident is looked at again. */
  reviewSeconds: number;
  /** How long what anomaly-score said is evidence of now, and then it is asked again. */
  anomalyFreshSeconds: number;
  /** How long after a cause was treated its coming back is a relapse: then a person is asked. */
  relapseSeconds: number;
  /** How long until a request without an answer, or a message that was not sent, is posted again. */
  resendSeconds: number;
}

/** Longest time until an open incident is looked at again, in seconds: what waits for a person, just before the tick comes by. */
export function longestReview({ reviewSeconds }: Pick<Settings, "reviewSeconds">): number {
  return Math.max(60, 29 * reviewSeconds);
}
