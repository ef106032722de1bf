import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Ground } from "./ground.ts";
import { until } from "./until.ts";

/** A second process of a function, as a rolling update has one beside the first. */
export interface AnotherProcess {
  /** Gives it an event, as a Trigger would. */
  take(event: { attributes: Readonly<Record<string, string>>; data: Buffer }): Promise<number>;
  end(): Promise<void>;
}

/** Starts the bundle of a function with the credentials and configuration of the sandbox's own, and waits until it serves. */
export async function startAnother({ sandbox }: Ground, name: string): Promise<AnotherProcess> {
  const { api, knative, stateDir } = sandbox;
  const host = `${api.subnet}.3.1`;
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../functions", name, "build/index.cjs")], {
    env: {
      ...api.store.get("configmaps", "autoheal", "autoheal")?.data,
      ...{ PATH: process.env.PATH, HOST: host, PORT: "8080", K_SINK: knative.ingressUrl("autoheal", "healing") },
      KUBECONFIG: join(stateDir, "credentials", `${name}.yaml`),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  child.stdout.on("data", (text) => {
    log += text;
  });
  const ended = once(child, "exit");
  await until(`another ${name} serves`, 30, () => log.includes('"serving"'));
  return {
    take: async ({ attributes, data }) => {
      const extensions = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]);
      const headers = { "content-type": "application/json", ...Object.fromEntries(extensions) };
      const answer = await fetch(`http://${host}:8080/`, { method: "POST", headers, body: new Uint8Array(data) });
      return answer.status;
    },
    end: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
