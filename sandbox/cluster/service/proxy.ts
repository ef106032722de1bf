import { connect, createServer, type Server, type Socket } from "node:net";
import type { Store } from "../../api/index.ts";
import type { Clock } from "../clock.ts";
import { recorder } from "../events.ts";
import type { Pod, Service } from "../objects.ts";
import { keyOf, startQueue } from "../reconcile.ts";
import { readyTargets, selects } from "./targets.ts";

const FIRST_SERVICE_BLOCK = 96;
const SERVICE_BLOCKS = 32;

/**
 * Gives every Service a cluster IP of the subnet and carries TCP connections from there to its ready pods in turn.
 * It listens only while there is one, so that a Service without any refuses connections as kube-proxy does.
 */
export function startProxies(store: Store, clock: Clock, subnet: string): () => void {
  const record = recorder(store, clock, "kube-proxy");
  const queue = startQueue(clock, "proxy", reconcile);
  const listeners = new Map<string, Server>();
  const sockets = new Set<Socket>();
  let addresses = 0;

  function reconcile(namespace: string, name: string): void {
    const service = store.get<Service>("services", namespace, name);
    const wanted = new Map<string, () => void>();
    if (service && !service.spec.clusterIP && service.spec.type !== "ExternalName") {
      giveAddress(service); // and is called again for this change
      return;
    }
    for (const { port } of service?.spec.ports ?? []) {
      if (!service || service.spec.clusterIP === "None" || readyTargets(store, service, port).length === 0) continue;
      wanted.set(`${namespace}/${name}/${port}`, () => listen(service, port));
    }
    for (const [key, server] of listeners) {
      if (!key.startsWith(`${namespace}/${name}/`) || wanted.has(key)) continue;
      server.close(); // connections that are open stay, as with kube-proxy
      listeners.delete(key);
    }
    for (const [key, open] of wanted) if (!listeners.has(key)) open();
  }

  function giveAddress({ metadata }: Service): void {
    const count = addresses++;
    const clusterIP = `${subnet}.${FIRST_SERVICE_BLOCK + (Math.floor(count / 254) % SERVICE_BLOCKS)}.${1 + (count % 254)}`;
    store.modify<Service>("services", metadata.namespace, metadata.name, (draft) => {
      Object.assign(draft.spec, { clusterIP, clusterIPs: [clusterIP] });
    });
  }

  function listen(service: Service, port: number): void {
    const { namespace, name } = service.metadata;
    const address = `${service.spec.clusterIP}:${port}`;
    let turn = 0;
    const server = createServer((client) => {
      const targets = readyTargets(store, store.get<Service>("services", namespace, name) ?? service, port);
      const target = targets[turn++ % targets.length];
      if (!target) {
        client.destroy();
        return;
      }
      join(client, connect({ ...target, noDelay: true }));
    });
    server.on("error", ({ message }) => {
      record(service, "Warning", "FailedToListen", `the sandbox's proxy can't listen on ${address}: ${message}`);
    });
    server.listen(port, service.spec.clusterIP);
    listeners.set(`${namespace}/${name}/${port}`, server);
  }

  function join(client: Socket, pod: Socket): void {
    client.setNoDelay(true);
    for (const [one, other] of [
      [client, pod],
      [pod, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroySoon();
      });
      one.pipe(other);
    }
  }

  const stops = [
    store.watch<Service>("services", ({ object }) => queue.add(keyOf(object))),
    store.watch<Pod>("pods", ({ object, previous = object }) => {
      for (const service of store.list<Service>("services", { namespace: object.metadata.namespace })) {
        if (selects(service, object) || selects(service, previous)) queue.add(keyOf(service));
      }
    }),
  ];
  for (const service of store.list<Service>("services")) queue.add(keyOf(service));
  return () => {
    for (const stop of stops) stop();
    queue.close();
    for (const server of listeners.values()) server.close();
    for (const socket of sockets) socket.destroy();
  };
}
