import { randomBytes } from "node:crypto";
import { get, type KubernetesObject, runProgram } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

/** The Secrets of the functions, with what they hold when they are new; what is there is never changed. */
const secrets: Readonly<Record<string, () => Record<string, string>>> = {
  // Who posts webhooks: Alertmanager's bearer token.
  "autoheal-receive": () => ({ token: randomBytes(24).toString("hex") }),
  // Who may ask for scores.
  "autoheal-anomaly-score": () => ({ token: randomBytes(24).toString("hex") }),
  // Who may read the console.
  "autoheal-console": () => ({ AUTOHEAL_CONSOLE_TOKENS: randomBytes(24).toString("hex") }),
  // SLACK_BOT_TOKEN, SLACK_CHANNEL, SMTP_URL, MAIL_FROM, MAIL_TO: where people are told.
  "autoheal-notify": () => ({}),
};

/** Creates the Secrets that are missing; resolves to their names. */
export async function createSecrets(): Promise<string[]> {
  const created: string[] = [];
  for (const [name, fresh] of Object.entries(secrets)) {
    if (await get("secret", name, `--namespace=${ownNamespace}`)) continue;
    const metadata = { name, namespace: ownNamespace, labels: { "app.kubernetes.io/part-of": "autoheal" } };
    const secret: KubernetesObject = { apiVersion: "v1", kind: "Secret", metadata, stringData: fresh() };
    await runProgram("kubectl", ["create", "--filename=-"], JSON.stringify(secret));
    created.push(name);
  }
  return created;
}
