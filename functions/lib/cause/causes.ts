/** Every cause that AutoHeal tells apart: the closed list. */
export const causes = [
  "MemoryLeak",
  "BadRevision",
  "BadTemplate",
  "Hang",
  "CpuTraffic",
  "CpuRunaway",
  "UpstreamFailure",
  "RolloutInProgress",
  "NothingWrong",
  "TargetUnknown",
  "Unknown",
] as const;

/** Why a workload is in trouble. */
export type Cause = (typeof causes)[number];
