import { describe, expect, test } from "vitest";
import type { Answer } from "./connection.ts";
import type { Ground } from "./ground.ts";
import { aBudget, anEviction, aPod, neverReady } from "./objects.ts";

const CRASHING = "console.log('up'); console.log('going down'); process.exitCode = 1";

/** Running pods: eviction under budgets, graceful deletion, logs. */
export function podContract(ground: Ground): void {
  const path = (name = "") => `/api/v1/namespaces/${ground.namespace}/pods${name && `/${name}`}`;
  const budgets = `/apis/policy/v1/namespaces/${ground.namespace}/poddisruptionbudgets`;
  const look = (at: string) => () => ground.api.ask("GET", at);
  const isReady = ({ body }: Answer) =>
    body.status?.conditions?.some(
      (one: { type: string; status: string }) => one.type === "Ready" && one.status === "True",
    );
  const make = async (pod: object) => expect((await ground.api.ask("POST", path(), pod)).status).toBe(201);
  const ready = async (name: string, app = name) => {
    await make(aPod(name, ground.idle, app));
    return (await ground.eventually(look(path(name)), isReady)).body;
  };
  const budgeted = async (name: string, healthy: number) => {
    expect((await ground.api.ask("POST", budgets, aBudget(name, 1))).status).toBe(201);
    await ground.eventually(
      look(`${budgets}/${name}`),
      ({ body }) => body.status?.observedGeneration === 1 && body.status.currentHealthy === healthy,
    );
  };
  const evict = (name: string, uid?: string) => ground.api.ask("POST", `${path(name)}/eviction`, anEviction(name, uid));
  const isGone = ({ status }: Answer) => status === 404;

  describe("pods", () => {
    test("an eviction deletes the pod that its uid names, and no other of that name", async () => {
      const pod = await ready("evicted");
      const other = await evict("evicted", "00000000-0000-0000-0000-000000000000");
      expect(other).toMatchObject({ status: 409, body: { reason: "Conflict" } });
      expect((await look(path("evicted"))()).body.metadata.deletionTimestamp).toBeUndefined();
      expect(await evict("evicted", pod.metadata.uid)).toMatchObject({ status: 201, body: { status: "Success" } });
      await ground.eventually(look(path("evicted")), isGone);
      expect((await evict("evicted")).status).toBe(404);
    });

    test("an eviction that a budget forbids answers 429 and says which, until the budget allows it", async () => {
      await ready("guarded");
      await budgeted("guarded", 1);
      const refused = await evict("guarded");
      expect(refused).toMatchObject({ status: 429, body: { reason: "TooManyRequests" } });
      expect(refused.body.message).toBe("Cannot evict pod as it would violate the pod's disruption budget.");
      expect(refused.body.details.causes).toEqual([
        {
          reason: "DisruptionBudget",
          message: "The disruption budget guarded needs 1 healthy pods and has 1 currently",
        },
      ]);
      expect((await look(path("guarded"))()).body.metadata.deletionTimestamp).toBeUndefined();

      await ground.api.ask("PATCH", `${budgets}/guarded`, { spec: { minAvailable: 0 } });
      await ground.eventually(look(`${budgets}/guarded`), ({ body }) => body.status?.disruptionsAllowed === 1);
      expect((await evict("guarded")).status).toBe(201);
      await ground.eventually(look(path("guarded")), isGone);
    });

    test("a pod that runs but is not ready may be evicted where the budget is kept without it, and only there", async () => {
      await ready("hale", "mixed");
      await make(aPod("ill", neverReady(ground.idle), "mixed"));
      await ground.eventually(look(path("ill")), ({ body }) => body.status?.phase === "Running");
      await budgeted("mixed", 1);
      expect((await evict("hale")).status).toBe(429);
      expect((await evict("ill")).status).toBe(201);
      await ground.eventually(look(path("ill")), isGone);

      await make(aPod("alone", neverReady(ground.idle)));
      await ground.eventually(look(path("alone")), ({ body }) => body.status?.phase === "Running");
      await budgeted("alone", 0);
      expect((await evict("alone")).body.details.causes).toMatchObject([{ reason: "DisruptionBudget" }]);
    });

    test("a pod under two budgets is never evicted: 500", async () => {
      await ready("twice");
      await budgeted("twice", 1);
      expect((await ground.api.ask("POST", budgets, aBudget("twice-more", 0, "twice"))).status).toBe(201);
      await ground.eventually(
        () => evict("twice"),
        ({ status }) => status === 500,
      );
      expect((await evict("twice")).body.message).toBe(
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
      );
      expect((await look(path("twice"))()).body.metadata.deletionTimestamp).toBeUndefined();
    });

    test("a deleted pod is on its way out first, and then gone", async () => {
      await ready("deleted");
      const { status, body } = await ground.api.ask("DELETE", path("deleted"));
      expect(status).toBe(200);
      expect(body).toMatchObject({ kind: "Pod", metadata: { name: "deleted", deletionGracePeriodSeconds: 1 } });
      await ground.eventually(look(path("deleted")), isGone);
    });

    test("a running pod's template is fixed: 422", async () => {
      await ready("fixed");
      const change = { spec: { terminationGracePeriodSeconds: 5 } };
      const refused = await ground.api.ask("PATCH", path("fixed"), change);
      expect(refused.body.details.causes).toMatchObject([{ reason: "FieldValueForbidden", field: "spec" }]);
    });

    test("the log of a container that crashed is the previous one; where there is none the answer is 400", async () => {
      await make(aPod("crashing", await ground.contract.container(CRASHING)));
      const hasRestarted = ({ body }: Answer) => (body.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0;
      await ground.eventually(look(path("crashing")), hasRestarted);
      const log = (query: string) => ground.api.ask("GET", `${path("crashing")}/log?previous=true&${query}`);
      // While a kubelet clears the runs before away, it says so in place of a log, with 200.
      const ofARun = ({ body }: Answer) => !String(body).startsWith("unable to retrieve container logs for ");
      expect(await ground.eventually(() => log("tailLines=1"), ofARun)).toEqual({ status: 200, body: "going down\n" });
      expect(await log("tailLines=9")).toEqual({ status: 200, body: "up\ngoing down\n" });
      // The limit keeps the beginning of what is asked for, not its end.
      expect(await log("tailLines=1&limitBytes=5")).toEqual({ status: 200, body: "going" });
      const { status, body } = await look(`${path("crashing")}/log?container=other`)();
      expect([status, body.message]).toEqual([400, "container other is not valid for pod crashing"]);

      await ready("calm");
      const none = await ground.api.ask("GET", `${path("calm")}/log?previous=true`);
      expect(none).toMatchObject({ status: 400, body: { reason: "BadRequest" } });
      expect(none.body.message).toMatch(/^previous terminated container ".+" in pod "calm" not found$/);
    });
  });
}
