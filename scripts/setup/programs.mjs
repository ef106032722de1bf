// Where Prometheus' and Alertmanager's programs are. Plain JavaScript: set-up runs before anything is installed.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that set-up fetches Prometheus and Alertmanager into. */
export const cacheFolder = fileURLToPath(new URL("../../.cache/monitoring/bin", import.meta.url));

/** The names that each program goes by; Debian calls Alertmanager `prometheus-alertmanager`. */
const programNames = {
  prometheus: ["prometheus"],
  promtool: ["promtool"],
  alertmanager: ["alertmanager", "prometheus-alertmanager"],
  amtool: ["amtool"],
};

/** The first file of one of these names that may be run, searched folder by folder; undefined where there is none. */
export function findProgram(names, folders) {
  for (const folder of folders) {
    for (const name of names) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {}
    }
  }
  return undefined;
}

/** The folders of PATH. */
export function pathFolders(path = process.env.PATH ?? "") {
  return path.split(delimiter).filter((folder) => folder !== "");
}

/** All four programs, or undefined if one is missing: what set-up fetched comes first, as it fetches only where PATH's won't do. */
export function findMonitoringPrograms(folders = [cacheFolder, ...pathFolders()]) {
  const found = Object.entries(programNames).map(([program, names]) => [program, findProgram(names, folders)]);
  return found.every(([, file]) => file !== undefined) ? Object.fromEntries(found) : undefined;
}
