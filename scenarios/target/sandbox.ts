import { startSandbox } from "../../sandbox/index.ts";
import { connectKubernetes } from "./kubernetes.ts";
import { appPort, ask, parsed, requireMonitoring, type Target, TargetError } from "./target.ts";

/** Starts a sandbox to run scenarios in. Throws TargetError where Prometheus and Alertmanager are not to be had. */
export async function sandboxTarget(): Promise<Target> {
  const sandbox = await startSandbox();
  const { monitoring, timeScale } = sandbox;
  if (!monitoring) {
    await sandbox.close();
    throw new TargetError(
      "Scenarios need the real Prometheus and Alertmanager, which are not here: run `node scripts/setup.mjs`",
    );
  }
  const target: Target = {
    kubernetes: connectKubernetes(sandbox.kubeconfig),
    timeScale,
    isSandbox: true,
    callPod: ({ ip }, method, path, body) => ask(`http://${ip}:${appPort}${path}`, method, body),
    prometheus: async (path) => parsed(await ask(`${monitoring.prometheusUrl}${path}`, "GET")),
    alertmanager: async (method, path, body) => parsed(await ask(`${monitoring.alertmanagerUrl}${path}`, method, body)),
    close: () => sandbox.close(),
  };
  await requireMonitoring(target);
  return target;
}
