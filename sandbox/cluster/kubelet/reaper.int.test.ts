import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../fixture/cluster.ts";

test("every pod's process ends when the sandbox is killed without warning", async () => {
  // Who is killed takes nothing away.
  const folder = mkdtempSync(join(tmpdir(), "killed-sandbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sandbox = spawn(process.execPath, [join(import.meta.dirname, "../fixture/sandbox.ts")], {
    env: { ...process.env, TMPDIR: folder },
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
