import { stringify } from "yaml";

/** A kubeconfig (YAML) for one user of one API server. */
export function writeKubeconfig(server: string, token: string, namespace: string, user: string): string {
  const name = "sandbox";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    // client-node takes plain http only with this said.
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user, namespace } }],
    "current-context": name,
  });
}
