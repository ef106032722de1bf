import { createHash } from "node:crypto";
import { seedOf } from "./forest/index.ts";
import { method } from "./method.ts";
import type { Question } from "./question.ts";
import type { Repeat } from "./score.ts";

/** What names the answer to a question: the question itself, and all that decides about it. */
export function repeatOf(question: Question): Repeat {
  const { metrics, engine, ...rest } = question;
  const hash = createHash("sha256").update(JSON.stringify({ ...rest, engine: engine.name }));
  for (const { name, kind, values } of metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(JSON.stringify([name, kind, values.length]));
    // All NaN are one: their bits carry nothing.
    const same = values.map((value) => (Number.isNaN(value) ? Number.NaN : value));
    hash.update(new Uint8Array(same.buffer, same.byteOffset, same.byteLength));
  }
  return {
    seed: question.seed,
    engine: engine.name,
    methodVersion: method.version,
    configDigest: brief(createHash("sha256").update(JSON.stringify(method)).digest("hex")),
    questionDigest: brief(hash.digest("hex")),
  };
}

/** The seed of the forest: of the workload and the configuration, not of its numbers, so that one more point changes little. */
export function forestSeed({ seed, configDigest }: Repeat): number {
  return seedOf(JSON.stringify([seed, configDigest]));
}

function brief(digest: string): string {
  return digest.slice(0, 16);
}
