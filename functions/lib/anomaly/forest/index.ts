/**
 * The Isolation Forest: what is anomalous is cut off from the rest by few random cuts. After F. T. Liu, K. M. Ting and Z.-H. Zhou,
 * "Isolation Forest", ICDM 2008, and "Isolation-Based Anomaly Detection", ACM TKDD 6(1), 2012. README.md says how well and how fast.
 */
import type { ForestEngine } from "./forest.ts";
import { mlIsolationForestEngine } from "./ml-isolation-forest.ts";
import { ownEngine } from "./own.ts";

export { ForestBytesError, type ForestBytesReason } from "./bytes.ts";
export { type Forest, type ForestEngine, type ForestOptions, usualForest } from "./forest.ts";
export { generatorOf, seedOf } from "./generator.ts";
export { mlIsolationForestEngine } from "./ml-isolation-forest.ts";
export { forestFromBytes, type OwnForest, ownEngine } from "./own.ts";
export type { Table } from "./table.ts";

/** All engines by name, the default first. The package behind the second is loaded when it first fits. */
export const forestEngines: Readonly<Record<ForestEngine["name"], ForestEngine>> = {
  own: ownEngine,
  "ml-isolation-forest": mlIsolationForestEngine,
};
