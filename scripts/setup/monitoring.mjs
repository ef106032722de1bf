import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fetchDebianPackages } from "./debian.mjs";
import { passing } from "./passing-folder.mjs";
import { cacheFolder, findMonitoringPrograms, findProgram, pathFolders } from "./programs.mjs";
import { fetchReleases } from "./release.mjs";
import { run } from "./run.mjs";

/** Gets Prometheus and Alertmanager unless they are there; where that fails it says so and returns, as the sandbox can do without. */
export async function installMonitoring(say) {
  if (findMonitoringPrograms([cacheFolder]) !== undefined) return;
  const onPath = findMonitoringPrograms(pathFolders());
  if (onPath !== undefined && (await isRecent(onPath.prometheus))) return;

  say("fetching Prometheus and Alertmanager …");
  const ways = [fetchReleases];
  if (findProgram(["apt-get"], pathFolders()) && findProgram(["dpkg"], pathFolders()))
    ways.unshift(fetchDebianPackages);
  const failures = [];
  for (const fetchInto of ways) {
    const fresh = passing(join(dirname(cacheFolder), `fetching-${process.pid}`));
    try {
      mkdirSync(fresh, { recursive: true });
      await fetchInto(fresh);
      if (!(await isRecent(join(fresh, "prometheus")))) throw new Error("its Prometheus is older than 2.42");
      await run(join(fresh, "alertmanager"), ["--version"]);
      rmSync(cacheFolder, { recursive: true, force: true });
      renameSync(fresh, cacheFolder);
      return say("Prometheus and Alertmanager are in .cache/monitoring");
    } catch (error) {
      failures.push(error.message);
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  say(`no Prometheus and Alertmanager here, so the sandbox posts alerts itself (${failures.join("; ")})`);
}

// The rules use keep_firing_for, which is new in 2.42.
async function isRecent(prometheus) {
  const [, major, minor] = (await run(prometheus, ["--version"])).match(/version (\d+)\.(\d+)/) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 42);
}
