/** The kinds of healing: each is a function of its own. */
export const remedies = ["restart", "scale", "rollback"] as const;

/** A kind of healing. A remediation is one run of it. */
export type Remedy = (typeof remedies)[number];
