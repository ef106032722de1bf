import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { kubectl } from "./kubectl.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubectl-"));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A kubectl that says this and fails at its first call, and then works; it counts its calls. */
function failingOnce(said: string): () => number {
  const calls = join(folder, "calls");
  const script = `#!/bin/sh\necho "$1" >> ${calls}\nif [ "$(wc -l < ${calls})" -lt 2 ]; then echo '${said}' >&2; exit 1; fi\necho done\n`;
  writeFileSync(join(folder, "kubectl"), script);
  chmodSync(join(folder, "kubectl"), 0o755);
  return () => readFileSync(calls, "utf8").trim().split("\n").length;
}

test("a webhook whose pods are just being replaced is waited for", async () => {
  const calls = failingOnce(
    'Error from server (InternalError): Internal error occurred: failed calling webhook "validation.webhook.eventing.knative.dev": connection refused',
  );
  expect(await kubectl("delete", "triggers")).toBe("done\n");
  expect(calls()).toBe(2);
});

test("anything else that a server refuses is said at once", async () => {
  const calls = failingOnce("Error from server (Forbidden): triggers.eventing.knative.dev is forbidden");
  await expect(kubectl("delete", "triggers")).rejects.toThrow("is forbidden");
  expect(calls()).toBe(1);
});

test("where there is no kubectl, that is said", async () => {
  vi.stubEnv("PATH", folder);
  await expect(kubectl("get", "pods")).rejects.toThrow("kubectl: there is no such program in PATH");
});

test("without a context, where it asks whoever is at localhost:8080, that is said", async () => {
  const refused = "The connection to the server localhost:8080 was refused - did you specify the right host or port?";
  writeFileSync(join(folder, "kubectl"), `#!/bin/sh\necho '${refused}' >&2; exit 1\n`);
  chmodSync(join(folder, "kubectl"), 0o755);
  await expect(kubectl("get", "pods")).rejects.toThrow("kubectl has no current context");
});
