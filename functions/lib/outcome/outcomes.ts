/** How a remediation or an incident ended. */
export const outcomes = ["Succeeded", "Failed", "Inconclusive", "Held", "Undone"] as const;

/** One of the closed list of outcomes. */
export type Outcome = (typeof outcomes)[number];
