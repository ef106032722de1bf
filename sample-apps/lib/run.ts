import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Connection } from "./connection.ts";
import { FaultError, Faults, parseFaults } from "./faults/index.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { createPeer, type Peer } from "./peer.ts";
import { createServer, type Route } from "./server.ts";
import { numberSetting, peerUrl, SettingError, textSetting } from "./settings.ts";
import { createWork } from "./work.ts";

/** What an app is given to work with. */
export interface Context {
  env: Readonly<Record<string, string | undefined>>;
  connection: Connection;
  log: Log;
  metrics: Metrics;
  /** A client for the service of this name in the same namespace; calls end after 1 s unless said. */
  peer(name: string, timeoutMilliseconds?: number): Peer;
}

export interface App {
  name: string;
  version: string;
  /** Throws SettingError when its environment is bad; `stop` ends what runs beside the requests. */
  start(context: Context): { routes: readonly Route[]; stop?(): void };
}

const closeDeadlineMilliseconds = 5000;

/**
 * Runs an app as this process, on `POD_IP` and `PORT` (8080), until SIGTERM; then it says unready, still serves for
 * `DRAIN_MS`, finishes what is in flight and ends with code 0. Bad settings are one line on stderr and code 1.
 */
export function run(app: App): void {
  try {
    start(app, process.env);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`fatal: ${error.message}\n`);
    process.exit(1);
  }
}

function start(app: App, env: Context["env"]): void {
  const host = textSetting(env, "POD_IP", "0.0.0.0");
  const port = numberSetting(env, "PORT", { standard: 8080, min: 0, max: 65_535 });
  const work = createWork(numberSetting(env, "WORK_MS", { standard: 0, min: 0, max: 1000 }));
  const drainMilliseconds = numberSetting(env, "DRAIN_MS", { standard: 500, min: 0, max: 60_000 });
  const firstFaults = faultsSetting(env);

  const log = createLog(app.name, app.version);
  const metrics = createMetrics();
  const connection = new Connection();
  const faults = new Faults(connection, log);
  const { routes, stop } = app.start({
    env,
    connection,
    log,
    metrics,
    peer: (name, timeoutMilliseconds = 1000) =>
      createPeer(name, peerUrl(env, name), { connection, metrics, timeoutMilliseconds }),
  });

  let stopping = false;
  const isStopping = () => stopping;
  const server = createHttpServer(createServer({ ...app, routes, connection, faults, log, metrics, work, isStopping }));
  server.listen(port, host, () => {
    // A TCP server's address is never a string or null once it listens.
    const { address, port: bound } = server.address() as AddressInfo;
    log("listening", { address, port: bound });
    for (const fault of firstFaults) faults.begin(fault);
  });

  const end = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log("stopping", { signal });
    setTimeout(() => {
      stop?.();
      close(server);
    }, drainMilliseconds);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

function close(server: Server): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), closeDeadlineMilliseconds).unref();
}

function faultsSetting(env: Context["env"]) {
  const text = env.FAULTS;
  if (!text) return [];
  try {
    return parseFaults(text);
  } catch (error) {
    if (error instanceof FaultError) throw new SettingError("FAULTS", text, error.message);
    throw error;
  }
}
