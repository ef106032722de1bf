import { Worker } from "node:worker_threads";

// A thread of its own, so that the app still answers; text, so that a bundle stays one file. It spins while it is behind
// its share of CPU time: a container at its limit stays behind for ever, and so saturates the limit.
const spin = `
const cores = require("node:worker_threads").workerData;
const idle = new Int32Array(new SharedArrayBuffer(4));
const began = performance.now();
for (let x = 0; ; ) {
  const { user, system } = process.threadCpuUsage();
  if ((user + system) / 1000 >= cores * (performance.now() - began)) Atomics.wait(idle, 0, 0, 5);
  else for (let i = 0; i < 50000; i += 1) x = (x * 31 + i) | 0;
}`;

/** Burns that many cores, whatever the traffic, until stopped. */
export function burnCores(cores: number): () => void {
  const count = Math.ceil(cores);
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(spin, {
      eval: true,
      workerData: cores / count,
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
    });
    worker.unref();
    return worker;
  });
  return () => {
    for (const worker of workers) void worker.terminate();
  };
}
