import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let root: string;
const stamp = () => join(root, "node_modules", ".autoheal-lock");
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

function script(name: string, text: string): void {
  mkdirSync(join(name, ".."), { recursive: true });
  writeFileSync(name, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** A project with everything in place, and an `npm` and an `apt-get` that only write down what they were asked. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "autoheal-setup-"));
  cpSync(fileURLToPath(new URL(".", import.meta.url)), join(root, "scripts"), { recursive: true });
  writeFileSync(join(root, "package-lock.json"), "lock 1");
  mkdirSync(join(root, "node_modules"));
  writeFileSync(stamp(), hash("lock 1"));
  for (const name of ["prometheus", "promtool", "alertmanager", "amtool"]) {
    script(join(root, ".cache/monitoring/bin", name), "exit 1");
  }
  script(join(root, "bin/npm"), `echo "$@" >> "${root}/asked"`);
  script(
    join(root, "bin/apt-get"),
    `echo "$@" >> "${root}/asked"; printf '#!/bin/sh\\n' > "${root}/bin/chromium"; /bin/chmod +x "${root}/bin/chromium"`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

async function run(name: string, ...words: string[]) {
  const { npm_execpath: _, CHROME_PATH: __, ...environment } = process.env;
  const env = { ...environment, PATH: join(root, "bin") };
  return await promisify(execFile)(process.execPath, [join(root, "scripts", name), ...words], { env });
}
const asked = () => (existsSync(join(root, "asked")) ? readFileSync(join(root, "asked"), "utf8") : "");

test("with everything in place set-up only looks, and is quick", async () => {
  const began = performance.now();
  expect(await run("setup.mjs")).toEqual({ stdout: "", stderr: "" });
  expect(performance.now() - began).toBeLessThan(2000);
  expect(asked()).toBe("");
});

test("another lock file means another install, once, that leaves the lock file alone", async () => {
  writeFileSync(join(root, "package-lock.json"), "lock 2");
  await run("setup.mjs");
  await run("setup.mjs");
  expect(asked()).toBe("install --no-save --no-audit --no-fund --loglevel=error\n");
  expect(readFileSync(stamp(), "utf8")).toBe(hash("lock 2"));
});

test("where packages are all that is asked for, Prometheus is left alone, and stdout is the script's own", async () => {
  rmSync(join(root, ".cache"), { recursive: true });
  writeFileSync(join(root, "package-lock.json"), "lock 2");
  const { stdout, stderr } = await run("setup.mjs", "packages");
  expect([stdout, stderr]).toEqual(["", expect.stringContaining("setup: npm packages installed")]);
  expect(asked()).toMatch(/^install [^\n]*\n$/);
});

test("an install that fails ends set-up, and is tried again", async () => {
  writeFileSync(join(root, "package-lock.json"), "lock 2");
  script(join(root, "bin/npm"), "exit 7");
  await expect(run("setup.mjs")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("install failed (7)"),
  });
  expect(readFileSync(stamp(), "utf8")).toBe(hash("lock 1"));
});

test("Ctrl-C in the middle of a download leaves nothing of it", async () => {
  rmSync(join(root, ".cache"), { recursive: true });
  script(join(root, "bin/apt-get"), 'echo > begun; touch "$MARK"; exec /bin/sleep 30');
  script(join(root, "bin/dpkg"), "exit 0");
  script(join(root, "bin/touch"), 'exec /bin/touch "$@"');
  const temporary = join(root, "temporary");
  mkdirSync(temporary);
  const mark = join(root, "mark");
  const child = spawn(process.execPath, [join(root, "scripts/setup.mjs")], {
    env: { PATH: join(root, "bin"), TMPDIR: temporary, MARK: mark },
    stdio: "ignore",
    // As a terminal does it, the signal goes to all of them.
    detached: true,
  });
  const ended = once(child, "exit");
  await vi.waitUntil(() => existsSync(mark), 10_000);
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(join(root, ".cache/monitoring"))).toEqual([]);
});

test("Chromium is found where it is, and installed only where root and apt are", async () => {
  const isRoot = process.getuid?.() === 0;
  const first = run("chromium.mjs");
  if (!isRoot)
    return await expect(first).rejects.toMatchObject({ stderr: expect.stringContaining("no Chromium: install") });
  expect((await first).stdout).toBe(`${join(root, "bin/chromium")}\n`);
  expect((await run("chromium.mjs")).stderr).toBe("");
  expect(asked()).toBe("install -y --no-install-recommends chromium\n");
});
