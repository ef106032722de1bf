/** Paths of Prometheus' and Alertmanager's programs. */
export interface MonitoringPrograms {
  prometheus: string;
  promtool: string;
  alertmanager: string;
  amtool: string;
}
export const cacheFolder: string;
export function findProgram(names: string[], folders: string[]): string | undefined;
export function pathFolders(path?: string): string[];
export function findMonitoringPrograms(folders?: string[]): MonitoringPrograms | undefined;
