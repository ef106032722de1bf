/**
 * The ledger is what limits survive restarts in: budget tokens, and pauses. It is cluster-scoped, so that who deletes
 * an Incident resets no limit.
 */
export {
  type HealingLedger,
  healingLedgerSpec,
  healingLedgerStatus,
  ledgerName,
  type Pause,
  type Token,
} from "./schema.ts";
export { releasable, reserve, tokensOf } from "./tokens.ts";
