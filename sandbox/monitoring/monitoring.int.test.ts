import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { takeSubnet } from "../api/index.ts";
import { type Monitoring, startMonitoring } from "./index.ts";

interface Webhook {
  authorization: string | undefined;
  body: {
    groupKey: string;
    alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
  };
}

const target = 'namespace="shop",pod="user-1",container="user"';
const pod = {
  calm: `kube_pod_container_status_restarts_total{${target}} 0\n`,
  killed: `kube_pod_container_status_restarts_total{${target}} 1
kube_pod_container_status_last_terminated_reason{${target},reason="OOMKilled"} 1\n`,
  gone: "",
};
const world = { pod: pod.calm, appScraped: 0 };
const webhooks: Webhook[] = [];
const servers: Server[] = [];
let subnet: string;
let release: (() => void) | undefined;
let stateDir: string;
let monitoring: Monitoring;

const pages: Record<string, () => string> = {
  "/sd": () =>
    JSON.stringify([
      { targets: [`${subnet}.0.3:8080`], labels: { namespace: "shop", pod: "user-1", service: "user", job: "user" } },
    ]),
  "/metrics": () => `http_requests_total{code="200"} ${world.appScraped++}\n`,
  "/metrics/cadvisor": () => `container_memory_working_set_bytes{${target},image="user:1"} 1e8\n`,
  "/metrics/kube-state-metrics": () => world.pod,
};

async function listen(server: Server, host: string): Promise<void> {
  servers.push(server);
  await once(server.listen(8080, host), "listening");
}

async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, seconds = 20): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; ) {
    const value = await probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

const webhookOf = (alertname: string, status: string) => () =>
  webhooks.find((webhook) =>
    webhook.body.alerts.some((alert) => alert.labels.alertname === alertname && alert.status === status),
  );

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "autoheal-monitoring-"));
  ({ subnet, release } = await takeSubnet());
  const metrics = createServer((request, response) => {
    response.setHeader("content-type", request.url === "/sd" ? "application/json" : "text/plain");
    response.end(pages[request.url ?? ""]?.());
  });
  await listen(metrics, `${subnet}.0.3`);
  const receive = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    webhooks.push({ authorization: request.headers.authorization, body });
    response.writeHead(204).end();
  });
  await listen(receive, `${subnet}.1.1`);
  monitoring = await startMonitoring({
    subnet,
    timeScale: 20,
    stateDir,
    receiveUrl: `http://${subnet}.1.1:8080/alerts`,
    token: "s3cret",
  });
});

afterAll(async () => {
  await monitoring?.close();
  for (const server of servers) server.close().closeAllConnections();
  release?.();
  await rm(stateDir, { recursive: true, force: true });
});

test("pods are scraped under the labels of their Service", async () => {
  const query = encodeURIComponent('http_requests_total{namespace="shop", pod="user-1", service="user", job="user"}');
  await until("the app's metrics", async () => {
    const response = await fetch(`${monitoring.prometheusUrl}/api/v1/query?query=${query}`);
    const { data }: { data: { result: unknown[] } } = await response.json();
    return data.result[0];
  });
});

test("the heartbeat arrives, with the token", async () => {
  const heartbeat = await until("Watchdog", webhookOf("Watchdog", "firing"));
  expect(heartbeat.authorization).toBe("Bearer s3cret");
});

test("an OOM kill is told within seconds, and resolved when the pod is replaced", async () => {
  expect(webhookOf("ContainerOOMKilled", "firing")()).toBeUndefined();
  const killed = Date.now();
  world.pod = pod.killed;
  const { body } = await until("the alert", webhookOf("ContainerOOMKilled", "firing"));
  expect(Date.now() - killed).toBeLessThan(6000);
  expect(body.alerts).toMatchObject([
    {
      status: "firing",
      labels: {
        alertname: "ContainerOOMKilled",
        namespace: "shop",
        pod: "user-1",
        container: "user",
        severity: "critical",
        autoheal_type: "memory",
      },
      annotations: { runbook_url: "monitoring/runbooks/ContainerOOMKilled.md" },
    },
  ]);
  world.pod = pod.gone;
  await until("its end", webhookOf("ContainerOOMKilled", "resolved"));
});

test("what is asked for out of bounds is refused", async () => {
  const options = { subnet, stateDir, receiveUrl: "http://127.0.0.1", token: "" };
  await expect(startMonitoring({ ...options, timeScale: 60 })).rejects.toThrow(
    "timeScale must be from 1 to 30, but is 60",
  );
});

test("a program that can't start says why", async () => {
  const options = { subnet, timeScale: 20, receiveUrl: "http://127.0.0.1", token: "t" };
  const second = startMonitoring({ ...options, stateDir: join(stateDir, "second") });
  await expect(second).rejects.toThrow(/does not start: something answers at http:.* already/);
});

test("a sandbox that is killed leaves no program behind", async () => {
  const { subnet: other, release: releaseOther } = await takeSubnet();
  onTestFinished(releaseOther);
  const options = {
    subnet: other,
    timeScale: 20,
    stateDir: join(stateDir, "killed"),
    receiveUrl: "http://127.0.0.1",
    token: "t",
  };
  const script = `import { startMonitoring } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    await startMonitoring(${JSON.stringify(options)}); console.log("ready"); setInterval(() => {}, 1000);`;
  const sandbox = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(sandbox.stdout, "data");
  sandbox.kill("SIGKILL");
  for (const url of [`http://${other}.0.4:9090/-/ready`, `http://${other}.0.5:9093/-/ready`]) {
    await until(`${url} to be gone`, () =>
      fetch(url).then(
        () => undefined,
        () => true,
      ),
    );
  }
});
