import { randomBytes } from "node:crypto";
import { read } from "../read-manifests.ts";
import type { Answer, Ask } from "./index.ts";

/** Makes a namespace of this run's own, which the test deletes when it ends. */
export async function makeNamespace(admin: Ask, purpose: string, labels: Record<string, string> = {}): Promise<string> {
  const name = `${purpose}-${randomBytes(3).toString("hex")}`;
  await make(admin, "/api/v1/namespaces", { metadata: { name, labels } });
  return name;
}

/** Binds AutoHeal's write rights in a namespace, as `kubectl apply -k knative/enable` does it. */
export async function enable(admin: Ask, namespace: string): Promise<void> {
  for (const binding of read("enable/role-bindings.yaml")) {
    await make(admin, `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, binding);
  }
}

/** Creates an object, and gives it as it was stored; throws what the API server said when it did not. */
export async function make(ask: Ask, collection: string, object: object): Promise<Answer["body"]> {
  const { status, body } = await ask("POST", collection, object);
  if (status !== 201) throw new Error(`${collection}: ${JSON.stringify(body)}`);
  return body;
}
