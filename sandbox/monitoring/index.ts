/**
 * The sandbox's monitoring: the real Prometheus and Alertmanager with the very rules and routes of monitoring/, every
 * duration divided by one factor.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scaleAlertmanager, scaleDuration, scaleRules } from "../../monitoring/scaling/index.ts";
import { findMonitoringPrograms, type MonitoringPrograms } from "../../scripts/setup/programs.mjs";
import { prometheusConfiguration } from "./configuration.ts";
import { startProgram } from "./program.ts";

export { startStandIn } from "./stand-in.ts";

/** What a sandbox's monitoring needs to know. */
export interface MonitoringOptions {
  /** The sandbox's network, such as `127.42`. */
  subnet: string;
  /** What every duration of rules and routes is divided by: 1 to 30, above which the ranges hold too few samples. */
  timeScale: number;
  /** A folder for configuration, data and logs; made if missing. */
  stateDir: string;
  /** Where Alertmanager posts its webhooks, and the bearer token it shows there. */
  receiveUrl: string;
  token: string;
  /** How long Prometheus keeps samples, in Prometheus' words. */
  retention?: string;
  programs?: MonitoringPrograms;
}

/** A running Prometheus and Alertmanager. */
export interface Monitoring {
  prometheusUrl: string;
  alertmanagerUrl: string;
  close(): Promise<void>;
}

/** The programs of Prometheus and Alertmanager on this machine; undefined where `node scripts/setup.mjs` could not get them. */
export const findMonitoring = (): MonitoringPrograms | undefined => findMonitoringPrograms();

const source = new URL("../../monitoring/", import.meta.url);

/** Starts Prometheus on `<subnet>.0.4:9090` and Alertmanager on `<subnet>.0.5:9093`, and waits until both are ready. */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { subnet, timeScale, stateDir, receiveUrl, token, retention = "6h", programs = findMonitoring() } = options;
  if (!(timeScale >= 1 && timeScale <= 30)) throw new RangeError(`timeScale must be from 1 to 30, but is ${timeScale}`);
  if (programs === undefined) throw new Error("Prometheus or Alertmanager is missing: run `node scripts/setup.mjs`");
  mkdirSync(stateDir, { recursive: true });
  const write = (name: string, text: string): string => {
    writeFileSync(join(stateDir, name), text, { mode: 0o600 });
    return join(stateDir, name);
  };
  const read = (path: string): string => readFileSync(new URL(path, source), "utf8");

  const credentialsFile = write("token", token);
  const routes = scaleAlertmanager(read("alertmanager/alertmanager.yaml"), timeScale, {
    url: receiveUrl,
    credentialsFile,
  });
  const rules = readdirSync(new URL("rules/", source))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => write(`rules-${name}`, scaleRules(read(`rules/${name}`), { timeScale, shortestRangeMs: 1000 })));
  const alertmanager = `${subnet}.0.5:9093`;
  const prometheus = `${subnet}.0.4:9090`;
  const configuration = prometheusConfiguration({ metrics: `${subnet}.0.3:8080`, alertmanager, rules });

  const started = await Promise.allSettled([
    startProgram(
      programs.alertmanager,
      [
        `--config.file=${write("alertmanager.yaml", routes)}`,
        `--storage.path=${join(stateDir, "alertmanager")}`,
        `--web.listen-address=${alertmanager}`,
        "--cluster.listen-address=",
        "--log.level=warn",
      ],
      join(stateDir, "alertmanager.log"),
      `http://${alertmanager}/-/ready`,
    ),
    startProgram(
      programs.prometheus,
      [
        `--config.file=${write("prometheus.yaml", configuration)}`,
        `--storage.tsdb.path=${join(stateDir, "prometheus")}`,
        `--storage.tsdb.retention.time=${retention}`,
        `--web.listen-address=${prometheus}`,
        `--rules.alert.resend-delay=${scaleDuration("1m", timeScale, 1000)}`,
        "--log.level=warn",
      ],
      join(stateDir, "prometheus.log"),
      `http://${prometheus}/-/ready`,
    ),
  ]);
  const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const close = async (): Promise<void> => {
    await Promise.all(running.map((program) => program.close()));
  };
  for (const result of started) {
    if (result.status === "rejected") {
      await close();
      throw result.reason;
    }
  }
  return { prometheusUrl: `http://${prometheus}`, alertmanagerUrl: `http://${alertmanager}`, close };
}
