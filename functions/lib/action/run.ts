import { hold } from "../effect/index.ts";
import { type ActionDecision, decideAction, type Request, type Seen } from "./decide.ts";
import type { ActionEffect } from "./effect.ts";

/** What became of one write. */
export type Written =
  | { kind: "written" }
  /** Somebody wrote between the read and this: what was read no longer holds. */
  | { kind: "changed" }
  /** The API server will never take it. */
  | { kind: "refused"; message: string };

/** The way to the cluster. Both reject when it is away. */
export interface Doors {
  observe(note: Request["note"]): Promise<Seen>;
  perform(effect: ActionEffect): Promise<Written>;
}

/** How often a request is read and decided again when somebody else writes in between. */
const rereads = 3;

/** Reads, decides and writes; rejects when the cluster is away, or too busy to be written to. */
export async function runAction(
  request: Request,
  { observe, perform }: Doors,
): Promise<{ seen: Seen; decision: ActionDecision }> {
  for (let pass = 0; pass <= rereads; pass++) {
    const seen = await observe(request.note);
    const decision = decideAction(request, seen);
    if (decision.verdict === "hold") return { seen, decision };
    const written = await performAll(decision.effects, perform);
    if (written.kind === "written") return { seen, decision };
    if (written.kind === "refused") return { seen, decision: hold("WriteRefused", written.message.slice(0, 1024)) };
  }
  throw new Error(`${request.note.remediation}: somebody else wrote ${rereads + 1} times in between`);
}

async function performAll(effects: readonly ActionEffect[], perform: Doors["perform"]): Promise<Written> {
  for (const effect of effects) {
    const written = await perform(effect);
    if (written.kind !== "written") return written;
  }
  return { kind: "written" };
}
