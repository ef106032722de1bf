/**
 * The Isolation Forest: what is anomalous is cut off from the rest by few random cuts. After F. T. Liu, K. M. Ting and Z.-H. Zhou,
 * "Isolation Forest", ICDM 2008, and "Isolation-Based Anomaly Detection", ACM TKDD 6(1), 2012. README.md says how well and how fast.
 */

export { ForestBytesError, type ForestBytesReason } from "./bytes.ts";
export { type Forest, type ForestEngine, type ForestOptions, usualForest } from "./forest.ts";
export { generatorOf, seedOf } from "./generator.ts";
export { forestFromBytes, type OwnForest, ownEngine } from "./own.ts";
export type { Table } from "./table.ts";

