/** The node's agent: every pod becomes a real process of this machine. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LogRequest, Store } from "../../api/index.ts";
import type { Clock } from "../clock.ts";
import { recorder } from "../events.ts";
import type { Pod } from "../objects.ts";
import { PodLogs } from "./log.ts";
import { Monitor, type Usage } from "./monitor.ts";
import { type Node, PodWorker } from "./pod.ts";
import { startReaper } from "./reaper.ts";

export type { Usage } from "./monitor.ts";

export interface KubeletOptions {
  /** The first half of the sandbox's addresses, "127.<n>". */
  subnet: string;
  store: Store;
  clock: Clock;
  images: Node["images"];
  /** A folder of this sandbox alone, for logs and as the containers' working directory. */
  stateDir: string;
}
/** A container that runs now, with what it has used since it started. */
export interface Running {
  pod: Pod;
  containerID: string;
  pid: number;
  usage: Usage;
}
export interface Kubelet {
  /** undefined where there is no such pod or run. */
  readLog(request: LogRequest): string | undefined;
  running(): Running[];
  /** Kills every container and waits until they are gone. */
  close(): Promise<void>;
}

type Entry = { worker: PodWorker; logs: PodLogs };
const FIRST_POD_BLOCK = 16;
const POD_BLOCKS = 80;

/** Runs the pods of the store until closed; they also end when this process does (see Reaper). */
export function startKubelet({ subnet, store, clock, images, stateDir }: KubeletOptions): Kubelet {
  const [monitor, reaper] = [new Monitor(), startReaper()];
  const directory = join(stateDir, "containers");
  mkdirSync(directory, { recursive: true });
  const record = recorder(store, clock, "kubelet");
  const node: Node = { store, clock, record, monitor, reaper, hostIP: `${subnet}.0.1`, directory, images };
  const entries = new Map<string, Entry>();
  let addresses = 0;
  let isClosed = false;

  function nextAddress(): string {
    const count = addresses++;
    return `${subnet}.${FIRST_POD_BLOCK + (Math.floor(count / 254) % POD_BLOCKS)}.${1 + (count % 254)}`;
  }

  function take({ metadata }: Pod): void {
    const { namespace, name, uid } = metadata;
    if (isClosed || entries.has(uid) || store.get<Pod>("pods", namespace, name)?.metadata.uid !== uid) return;
    const pod = store.modify<Pod>("pods", namespace, name, (draft) => {
      draft.spec.nodeName = "sandbox";
    });
    if (!pod) return;
    const logs = new PodLogs(join(stateDir, "logs", `${namespace}_${name}_${uid}`));
    const worker = new PodWorker(node, pod, nextAddress(), logs);
    entries.set(uid, { worker, logs });
    worker.start();
  }

  function end({ metadata }: Pod, graceSeconds: number): void {
    const entry = entries.get(metadata.uid);
    entry?.worker.terminate(graceSeconds, () => {
      if (!entries.delete(metadata.uid)) return;
      entry.logs.remove();
      const isSame = store.get<Pod>("pods", metadata.namespace, metadata.name)?.metadata.uid === metadata.uid;
      if (isSame && !isClosed) store.remove("pods", metadata.namespace, metadata.name);
    });
  }

  const stop = store.watch<Pod>("pods", ({ type, object, previous }) => {
    const isAsked = object.metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp;
    // Outside the watch's own call stack: a write in it would reach later watchers before this event does.
    if (type === "ADDED") setImmediate(take, object);
    else if (type === "DELETED") setImmediate(end, object, 0);
    else if (isAsked) setImmediate(end, object, object.metadata.deletionGracePeriodSeconds ?? 30);
  });
  for (const pod of store.list<Pod>("pods")) take(pod);

  return {
    readLog(request) {
      const uid = store.get<Pod>("pods", request.namespace, request.pod)?.metadata.uid;
      return uid === undefined ? undefined : entries.get(uid)?.logs.read(request);
    },
    running: () =>
      store.list<Pod>("pods").flatMap((pod) => {
        const running = entries.get(pod.metadata.uid)?.worker.usage();
        return running ? [{ pod, ...running }] : [];
      }),
    async close() {
      isClosed = true;
      stop();
      const all = [...entries.values()].map(({ worker }) => new Promise<void>((done) => worker.terminate(0, done)));
      await Promise.all(all);
      monitor.close();
      reaper.close();
    },
  };
}
