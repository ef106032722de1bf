import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { usualForest } from "../../../functions/lib/anomaly/forest/index.ts";
import type { Contender } from "./contender.ts";

const timed = z.object({ ms: z.number() });
const scored = timed.extend({ scores: z.base64() });
const sized = z.object({ bytes: z.int() });

/**
 * scikit-learn in a process of its own, on one thread; it measures itself, so what goes between the processes is not counted.
 * Rejects when that Python can't be started, or has no scikit-learn.
 */
export async function scikitLearn(python: string): Promise<Contender> {
  const child = spawn(python, [join(import.meta.dirname, "scikit-learn.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  await once(child, "spawn").catch((error: Error) => {
    throw new Error(`${python} can't be started: ${error.message}`);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(answer: z.ZodType<T>, question: object): Promise<T> => {
    if (!child.stdin.writable) throw new Error(`${python} has ended; has it scikit-learn?`);
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} has ended; has it scikit-learn?`);
    return answer.parse(JSON.parse(value));
  };
  child.stdin.on("error", () => {}); // It has ended, which the answer that does not come tells.
  const score = async (rows: number) => {
    const { scores, ms } = await ask(scored, { ask: "score", rows });
    const bytes = Buffer.from(scores, "base64");
    return { scores: new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), ms };
  };
  return {
    name: "scikit-learn",
    repeats: 1,
    speedRows: 10_000,
    use: async ({ values, columns }) => {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
      await ask(z.object({}), { ask: "use", values: bytes, columns });
    },
    fit: async (seed) => (await ask(timed, { ask: "fit", seed, ...usualForest })).ms,
    score,
    scoreOne: async () => (await score(1)).ms,
    bytes: async () => (await ask(sized, { ask: "size" })).bytes,
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
