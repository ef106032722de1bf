import { createHash } from "node:crypto";

const sampleRounds = 100;
const samples = 40;

/**
 * Makes a function that does that many milliseconds of real work, as an unhindered core would take them. The size of
 * the work is fixed once, by the fastest of some samples: a throttled process needs longer for the same request.
 * (The CPU clock of a thread can't end the work: on many kernels it only moves every 4 ms.)
 */
export function createWork(milliseconds: number): () => void {
  if (milliseconds <= 0) return () => {};
  const rounds = Math.ceil((milliseconds / fastestSample()) * sampleRounds);
  return () => hash(rounds);
}

function fastestSample(): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < samples; sample += 1) {
    const began = performance.now();
    hash(sampleRounds);
    fastest = Math.min(fastest, performance.now() - began);
  }
  return fastest;
}

const block = Buffer.alloc(4096);

/** Makes no garbage, which would be collected at the cost of other requests. */
function hash(rounds: number): void {
  const digest = createHash("sha256");
  for (let round = 0; round < rounds; round += 1) digest.update(block);
  digest.digest();
}
