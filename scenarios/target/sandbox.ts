import { type Sandbox, sandboxTimeScale, startSandbox } from "../../sandbox/index.ts";
import { connectKubernetes } from "./kubernetes.ts";
import { appPort, ask, parsed, requireMonitoring, type Target, TargetError } from "./target.ts";

/** A sandbox as a target, with the sandbox itself for tests that look deeper. */
export interface SandboxTarget extends Target {
  sandbox: Sandbox;
}

/** Starts a sandbox to run scenarios in. Throws TargetError where Prometheus and Alertmanager are not to be had. */
export async function sandboxTarget(timeScale = sandboxTimeScale): Promise<SandboxTarget> {
  const sandbox = await startSandbox({ timeScale }).catch((error: Error) => {
    throw new TargetError(error.message, { cause: error });
  });
  try {
    const { monitoring } = sandbox;
    if (!monitoring) {
      throw new TargetError(
        "Scenarios need the real Prometheus and Alertmanager, which are not here: run `node scripts/setup.mjs`",
      );
    }
    const { prometheusUrl, alertmanagerUrl } = monitoring;
    const target: SandboxTarget = {
      sandbox,
      kubernetes: connectKubernetes(sandbox.kubeconfig),
      pace: { timeScale, shortestRangeMs: 1000 },
      isSandbox: true,
      adapted: (manifest) => manifest,
      callPod: ({ ip }, method, path, body) => ask(`http://${ip}:${appPort}${path}`, method, body),
      prometheus: async (path) => parsed(await ask(`${prometheusUrl}${path}`, "GET")),
      alertmanager: async (method, path, body) => parsed(await ask(`${alertmanagerUrl}${path}`, method, body)),
      close: () => sandbox.close(),
    };
    await requireMonitoring(target);
    return target;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}
