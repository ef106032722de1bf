import type { Budget, ForestEngine } from "@autoheal/lib/anomaly";
import type { Windows } from "@autoheal/lib/evidence";
import { type Environment, integer, list, oneOf, readConfig, seconds, text, url } from "@autoheal/lib/runtime";
import type { Margins } from "./past.ts";

/** What holds where a question does not say it. */
export interface Defaults {
  stepSeconds: number;
  baselineSeconds: number;
  judgedSeconds: number;
  budget: Budget;
  engine: ForestEngine["name"];
}

/** What `anomaly-score` reads from its environment; its README lists the variables. */
export interface ScoreConfig {
  sink: string;
  /** Empty: workloads can't be asked for, only what is sent along. */
  prometheusUrl: string;
  /** Empty: the tick has nobody to tell. */
  alertmanagerUrl: string;
  tokens: string[];
  tokensFile: string;
  requestsPerMinute: number;
  defaults: Defaults;
  windows: Windows;
  margins: Margins;
  /** This cluster's name, for alerts; empty: they say none. */
  clusterName: string;
  /** How far apart ticks are: alerts are kept alive for three of them. */
  tickSeconds: number;
}

/** Reads the configuration; throws ConfigError. */
export function readScoreConfig(environment: Environment): ScoreConfig {
  const read = readConfig(environment, {
    sink: url("K_SINK"),
    prometheusUrl: url("PROMETHEUS_URL", ""),
    alertmanagerUrl: url("ALERTMANAGER_URL", ""),
    tokens: list("AUTOHEAL_ANOMALY_TOKENS"),
    tokensFile: text("AUTOHEAL_ANOMALY_TOKENS_FILE", ""),
    requestsPerMinute: integer("AUTOHEAL_ANOMALY_REQUESTS_PER_MINUTE", 60, 1, 100_000),
    step: seconds("AUTOHEAL_ANOMALY_STEP", "2m"),
    baseline: seconds("AUTOHEAL_ANOMALY_BASELINE", "4d"),
    judged: seconds("AUTOHEAL_ANOMALY_JUDGED", "30m"),
    oneIn: seconds("AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY", "7d"),
    engine: oneOf("AUTOHEAL_ANOMALY_ENGINE", "own", ["own", "ml-isolation-forest"]),
    settling: seconds("AUTOHEAL_ANOMALY_SETTLING", "10m"),
    buildUp: seconds("AUTOHEAL_ANOMALY_BUILD_UP", "15m"),
    clusterName: text("AUTOHEAL_CLUSTER", ""),
    tick: seconds("AUTOHEAL_ANOMALY_TICK", "5m"),
    window: seconds("AUTOHEAL_RATE_WINDOW", "2m"),
    containerWindow: seconds("AUTOHEAL_CONTAINER_WINDOW", "2m"),
  });
  return {
    sink: read.sink,
    prometheusUrl: read.prometheusUrl,
    alertmanagerUrl: read.alertmanagerUrl,
    tokens: read.tokens,
    tokensFile: read.tokensFile,
    requestsPerMinute: read.requestsPerMinute,
    defaults: {
      stepSeconds: read.step,
      baselineSeconds: read.baseline,
      judgedSeconds: read.judged,
      budget: { falseAlarms: 1, perSeconds: read.oneIn },
      engine: read.engine as ForestEngine["name"], // reason: oneOf let nothing else through
    },
    windows: { windowSeconds: read.window, containerWindowSeconds: read.containerWindow },
    margins: { settlingSeconds: read.settling, buildUpSeconds: read.buildUp },
    clusterName: read.clusterName,
    tickSeconds: read.tick,
  };
}
