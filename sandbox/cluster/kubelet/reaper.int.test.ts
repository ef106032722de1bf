import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../fixture/cluster.ts";

test("every pod's process ends when the sandbox is killed without warning", async () => {
  const sandbox = spawn(process.execPath, [join(import.meta.dirname, "../fixture/sandbox.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(sandbox.stdout, "data");
  const pids: number[] = JSON.parse(String(line));
  expect(pids).toHaveLength(2);
  const isRunning = (pid: number) => existsSync(`/proc/${pid}`);
  expect(pids.filter(isRunning)).toEqual(pids);
  sandbox.kill("SIGKILL");
  await until("no pod is left", () => pids.filter(isRunning).length === 0, 5);
});
