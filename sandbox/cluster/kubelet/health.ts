import type { Container } from "kubernetes-types/core/v1.js";
import type { Clock } from "../clock.ts";
import { startProbe } from "./probe.ts";

/** What a container's probes say about it. */
export interface Health {
  /** One try of a probe failed. */
  onFailure(message: string): void;
  /** Told once, at once where there is no startup probe. */
  onStarted(): void;
  onReady(isReady: boolean): void;
  /** It has to be killed; no probe runs after this. */
  onUnhealthy(probe: "startup" | "liveness", graceSeconds: number | undefined): void;
}

/** Runs the probes of a container: startup first, then readiness and liveness beside each other. */
export function watchHealth(container: Container, podIP: string, clock: Clock, health: Health): () => void {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  let stops: (() => void)[] = [];
  const stop = () => {
    for (const one of stops) one();
    stops = [];
  };
  const run = (title: string, spec: typeof startupProbe, onVerdict: (isHealthy: boolean) => void) => {
    const onFailure = (message: string) => health.onFailure(`${title} probe failed: ${message}`);
    if (spec) stops.push(startProbe(spec, container, podIP, clock, { onFailure, onVerdict }));
  };
  const kill = (probe: "startup" | "liveness", spec: typeof startupProbe) => {
    stop();
    health.onUnhealthy(probe, spec?.terminationGracePeriodSeconds);
  };
  const begin = () => {
    stop();
    health.onStarted();
    if (!readinessProbe) health.onReady(true);
    run("Readiness", readinessProbe, health.onReady);
    run("Liveness", livenessProbe, (isHealthy) => isHealthy || kill("liveness", livenessProbe));
  };
  if (startupProbe) run("Startup", startupProbe, (isHealthy) => (isHealthy ? begin() : kill("startup", startupProbe)));
  else begin();
  return stop;
}
