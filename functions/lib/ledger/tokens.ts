import type { HealingLedger, Token } from "./schema.ts";

/** How long a token may stand without its remediation in an incident, in seconds (design: the order is token, entry, event). */
const orphanSeconds = 120;

/** How long a token is kept, in seconds: the longest budget window that a policy may ask for. */
const keepSeconds = 604_800;

/** All tokens of a ledger. */
export function tokensOf(ledger: HealingLedger | undefined): readonly Token[] {
  return ledger?.status?.tokens ?? [];
}

/** The tokens after reserving; the same when they are there already. One of that id for another remedy is what a crash left. */
export function reserve(tokens: readonly Token[], wanted: readonly Token[], now: Date): Token[] {
  const left = (token: Token) => wanted.some(({ id, remedy }) => id === token.id && remedy !== token.remedy);
  const fresh = wanted.filter((token) => !tokens.some(({ id, remedy }) => id === token.id && remedy === token.remedy));
  const kept = tokens.filter((token) => now.getTime() - Date.parse(token.at) < keepSeconds * 1000 && !left(token));
  return [...kept, ...fresh];
}

/** The ids of tokens of a workload that no remediation stands behind: a crash between token and entry leaves them. */
export function releasable(
  tokens: readonly Token[],
  workload: string,
  remediationIds: readonly string[],
  now: Date,
): string[] {
  return tokens
    .filter((token) => token.workload === workload && !token.undo)
    .filter(({ id, at }) => !remediationIds.includes(id) && now.getTime() - Date.parse(at) > orphanSeconds * 1000)
    .map(({ id }) => id);
}
