import { type ApiServer, type Ask, connectApiServer } from "../api-server/index.ts";
import { make, makeNamespace } from "../api-server/trial-namespace.ts";

/** Whom the policies hold to what they are for. */
export const actors = ["restart", "scale", "rollback"] as const;
export type Actor = (typeof actors)[number];

/** A namespace in which RBAC lets everybody of the trial do everything, so that only admission can refuse. */
export interface Ground {
  api: ApiServer;
  namespace: string;
  /** Asks as one of the action functions, by its own token. */
  as: Record<Actor, Ask>;
  /** Asks as a ServiceAccount that AutoHeal knows nothing of. */
  stranger: Ask;
  close(): Promise<void>;
}

/** Lays the ground for one test file. `people` are the names of users who may everything there too. */
export async function layGround(people: readonly string[] = []): Promise<Ground> {
  const api = await connectApiServer();
  const namespace = await makeNamespace(api.admin, "autoheal-admission");
  await make(api.admin, `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: "stranger" } });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await make(api.admin, `${rbac}/roles`, {
    metadata: { name: "everything" },
    rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  });
  await make(api.admin, `${rbac}/rolebindings`, {
    metadata: { name: "everything" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "everything" },
    subjects: [
      ...actors.map((name) => ({ kind: "ServiceAccount", namespace: "autoheal", name })),
      { kind: "ServiceAccount", namespace, name: "stranger" },
      ...people.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
    ],
  });
  return {
    api,
    namespace,
    as: {
      restart: await api.serviceAccount("autoheal", "restart"),
      scale: await api.serviceAccount("autoheal", "scale"),
      rollback: await api.serviceAccount("autoheal", "rollback"),
    },
    stranger: await api.serviceAccount(namespace, "stranger"),
    close: async () => {
      await api.admin("DELETE", `/api/v1/namespaces/${namespace}`);
      api.close();
    },
  };
}
