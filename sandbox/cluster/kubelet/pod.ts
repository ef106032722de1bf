import { randomUUID } from "node:crypto";
import type { Store } from "../../api/index.ts";
import { type Clock, timestamp } from "../clock.ts";
import type { Recorder } from "../events.ts";
import type { Pod } from "../objects.ts";
import { quantity } from "../quantity.ts";
import { BackOff } from "./back-off.ts";
import { environmentOf, expand } from "./environment.ts";
import { watchHealth } from "./health.ts";
import type { PodLogs } from "./log.ts";
import type { Monitor, Usage } from "./monitor.ts";
import { type ContainerProcess, type Ending, startProcess } from "./process.ts";
import type { Reaper } from "./reaper.ts";
import { onlyContainer, refusalOf } from "./refusal.ts";
import { type ContainerView, isRestarted, podStatus } from "./status.ts";

/** What all pods of a node share. */
export interface Node {
  store: Store;
  clock: Clock;
  record: Recorder;
  monitor: Monitor;
  reaper: Reaper;
  hostIP: string;
  directory: string;
  /** The command of an image, or undefined where no registry has it. */
  images(image: string): { command: string[] } | undefined;
}

const CONFIG_RETRY_SECONDS = 10;
const ERR_IMAGE_PULL_SECONDS = 2;

/** One pod on the node: starts its container, probes it, restarts it, and reports all that as the pod's status. */
export class PodWorker {
  readonly #node: Node;
  readonly #pod: Pod;
  readonly #podIP: string;
  readonly #logs: PodLogs;
  readonly #crashes: BackOff;
  readonly #pulls: BackOff;
  #view: ContainerView = {
    state: { waiting: { reason: "ContainerCreating" } },
    lastState: undefined,
    restartCount: 0,
    isStarted: false,
    isReady: false,
    containerID: undefined,
  };
  #process: ContainerProcess | undefined;
  #stopProbes = () => {};
  #cancel = () => {};
  #onGone: (() => void) | undefined;

  constructor(node: Node, pod: Pod, podIP: string, logs: PodLogs) {
    this.#node = node;
    this.#pod = pod;
    this.#podIP = podIP;
    this.#logs = logs;
    this.#crashes = new BackOff(node.clock.scaled);
    this.#pulls = new BackOff(node.clock.scaled);
  }

  /** What its running process uses, with the id that tells one run from the next. */
  usage(): { containerID: string; pid: number; usage: Usage } | undefined {
    const usage = this.#process?.usage();
    const { containerID } = this.#view;
    const pid = this.#process?.pid;
    return usage && containerID !== undefined && pid !== undefined ? { containerID, pid, usage } : undefined;
  }

  start(): void {
    this.#publish();
    const refusal = refusalOf(this.#pod);
    if (refusal) this.#wait("CreateContainerError", refusal, `Error: ${refusal}`);
    else this.#create();
  }

  /** Ends the pod; `onGone` is called when nothing of it runs any more. */
  terminate(graceSeconds: number, onGone: () => void): void {
    const isFirst = this.#onGone === undefined;
    this.#onGone = onGone;
    this.#cancel();
    this.#stopProbes();
    if (!this.#process) {
      onGone();
      return;
    }
    if (isFirst) this.#record("Normal", "Killing", `Stopping container ${onlyContainer(this.#pod).name}`);
    this.#process.stop(this.#node.clock.scaled(graceSeconds));
  }

  #create(): void {
    try {
      this.#run();
    } catch (error) {
      // What the pod says makes no sense, such as a quantity of "lots".
      const message = error instanceof Error ? error.message : String(error);
      this.#wait("CreateContainerError", message, `Error: ${message}`);
    }
  }

  #run(): void {
    const node = this.#node;
    const container = onlyContainer(this.#pod);
    const image = container.image ?? "";
    const found = node.images(image);
    if (!found) {
      this.#backOffPull(image);
      return;
    }
    const environment = environmentOf(node.store, this.#pod, container, this.#podIP);
    if ("missing" in environment) {
      this.#wait("CreateContainerConfigError", environment.missing, `Error: ${environment.missing}`);
      this.#after(CONFIG_RETRY_SECONDS, () => this.#create());
      return;
    }
    const { variables } = environment;
    const entrypoint = container.command?.map((part) => expand(part, variables)) ?? found.command;
    const args = container.args?.map((part) => expand(part, variables)) ?? [];
    const { cpu, memory } = container.resources?.limits ?? {};
    this.#record("Normal", "Pulled", `Container image "${image}" already present on machine`);
    const spec = {
      command: [...entrypoint, ...args],
      env: variables,
      directory: node.directory,
      log: this.#logs.next(),
      limits: { cpuCores: quantity(cpu), memoryBytes: quantity(memory) },
    };
    const containerID = `sandbox://${randomUUID()}`;
    const startedAt = timestamp(node.clock.now());
    this.#process = startProcess(spec, node, (ending) => this.#ended(ending, startedAt));
    this.#change({ containerID, state: { running: { startedAt } }, isStarted: false, isReady: false });
    this.#record("Normal", "Started", `Started container ${container.name}`);
    this.#watchHealth(this.#process);
  }

  #backOffPull(image: string): void {
    const { clock } = this.#node;
    const missing = `failed to pull and unpack image "${image}": not found in the sandbox's images`;
    this.#record("Normal", "Pulling", `Pulling image "${image}"`);
    this.#record("Warning", "Failed", `Failed to pull image "${image}": ${missing}`);
    this.#wait("ErrImagePull", missing, "Error: ErrImagePull");
    const seconds = this.#pulls.next(clock.now()) || this.#pulls.next(clock.now());
    this.#after(ERR_IMAGE_PULL_SECONDS, () => {
      this.#record("Normal", "BackOff", `Back-off pulling image "${image}"`);
      this.#wait("ImagePullBackOff", `Back-off pulling image "${image}": ${missing}`, "Error: ImagePullBackOff");
      this.#after(seconds - ERR_IMAGE_PULL_SECONDS, () => this.#create());
    });
  }

  #ended(ending: Ending, startedAt: string): void {
    const { clock } = this.#node;
    this.#process = undefined;
    this.#stopProbes();
    if (this.#onGone) {
      this.#onGone();
      return;
    }
    const container = onlyContainer(this.#pod);
    const terminated = {
      ...ending,
      startedAt,
      finishedAt: timestamp(clock.now()),
      ...(this.#view.containerID === undefined ? {} : { containerID: this.#view.containerID }),
    };
    this.#change({ state: { terminated }, isReady: false, isStarted: false });
    if (!isRestarted(this.#pod, ending.exitCode)) return;
    const restart = () => {
      this.#view = { ...this.#view, lastState: { terminated }, restartCount: this.#view.restartCount + 1 };
      this.#create();
    };
    const seconds = this.#crashes.next(clock.now());
    if (seconds === 0) {
      restart();
      return;
    }
    const { metadata } = this.#pod;
    const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
    const why = `back-off ${seconds}s restarting failed container=${container.name} pod=${pod}`;
    this.#record("Warning", "BackOff", `Back-off restarting failed container ${container.name} in pod ${pod}`);
    this.#change({ state: { waiting: { reason: "CrashLoopBackOff", message: why } }, lastState: { terminated } });
    this.#after(seconds, restart);
  }

  #watchHealth(process: ContainerProcess): void {
    const { name } = onlyContainer(this.#pod);
    this.#stopProbes = watchHealth(onlyContainer(this.#pod), this.#podIP, this.#node.clock, {
      onFailure: (message) => this.#record("Warning", "Unhealthy", message),
      onStarted: () => this.#change({ isStarted: true }),
      onReady: (isReady) => this.#change({ isReady }),
      onUnhealthy: (probe, graceSeconds) => {
        this.#record("Normal", "Killing", `Container ${name} failed ${probe} probe, will be restarted`);
        const grace = graceSeconds ?? this.#pod.spec.terminationGracePeriodSeconds ?? 30;
        process.stop(this.#node.clock.scaled(grace));
      },
    });
  }

  #wait(reason: string, message: string, event: string): void {
    this.#record("Warning", "Failed", event);
    this.#change({ state: { waiting: { reason, message } } });
  }

  #after(seconds: number, run: () => void): void {
    this.#cancel = this.#node.clock.after(this.#node.clock.scaled(seconds), run);
  }

  #change(change: Partial<ContainerView>): void {
    this.#view = { ...this.#view, ...change };
    this.#publish();
  }

  #publish(): void {
    const { store, clock, hostIP } = this.#node;
    const { namespace, name } = this.#pod.metadata;
    const setStatus = (draft: Pod) => {
      draft.status = podStatus(draft, this.#view, { podIP: this.#podIP, hostIP }, clock.now());
    };
    store.modify("pods", namespace, name, setStatus, { subresource: "status" });
  }

  #record(type: "Normal" | "Warning", reason: string, message: string): void {
    this.#node.record(this.#pod, type, reason, message);
  }
}
