import { describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";

/** Rights: what a role grants, and how a refusal reads; asked by impersonation. */
export function rightsContract(ground: Ground): void {
  const { namespace } = ground;
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const user = `system:serviceaccount:${namespace}:reader`;
  const as = { "impersonate-user": user };
  const pods = `/api/v1/namespaces/${namespace}/pods`;

  describe("rights", () => {
    test("a ServiceAccount may what its roles grant, where they grant it, and is told what it may not", async () => {
      const nobody = await ground.api.ask("GET", pods, undefined, as);
      expect(nobody).toMatchObject({ status: 403, body: { reason: "Forbidden", details: { kind: "pods" } } });
      expect(nobody.body.message).toBe(
        `pods is forbidden: User "${user}" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
      );

      await ground.api.ask("POST", `${rbac}/roles`, {
        metadata: { name: "reader" },
        rules: [
          { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["patch"], resourceNames: ["mine"] },
        ],
      });
      await ground.api.ask("POST", `${rbac}/rolebindings`, {
        metadata: { name: "reader" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace }],
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      });
      // What RBAC grants is known to the API server a moment later.
      await ground.eventually(
        () => ground.api.ask("GET", pods, undefined, as),
        ({ status }) => status === 200,
      );
      const everywhere = await ground.api.ask("GET", "/api/v1/pods", undefined, as);
      expect(everywhere.body.message).toContain('cannot list resource "pods" in API group "" at the cluster scope');
      const log = await ground.api.ask("GET", `${pods}/some/log`, undefined, as);
      expect(log.body.message).toContain('pods "some" is forbidden:');
      expect(log.body.message).toContain('cannot get resource "pods/log"');
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      expect((await ground.api.ask("PATCH", `${deployments}/mine`, {}, as)).status).toBe(404);
      expect((await ground.api.ask("PATCH", `${deployments}/yours`, {}, as)).status).toBe(403);
    });

    test("an access review says the same", async () => {
      const review = async (verb: string) => {
        const resourceAttributes = { namespace, verb, resource: "pods" };
        const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        return (await ground.api.ask("POST", path, { spec: { resourceAttributes } }, as)).body.status.allowed;
      };
      expect([await review("list"), await review("delete")]).toEqual([true, false]);
    });
  });
}
