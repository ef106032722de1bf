import { afterEach, expect, test, vi } from "vitest";
import { clusterTarget } from "./cluster.ts";
import { TargetError } from "./target.ts";

afterEach(() => void vi.unstubAllEnvs());

test("without a kubeconfig it is said in one sentence that there is no cluster", async () => {
  vi.stubEnv("KUBECONFIG", "/nowhere/kubeconfig");
  const refused = await clusterTarget({}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TargetError);
  expect(String(refused)).toMatch(/^TargetError: no cluster is known, KUBECONFIG or ~\/\.kube\/config: ENOENT: /);
});
