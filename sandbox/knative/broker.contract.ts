import { randomUUID } from "node:crypto";
import { CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { settlingType, startRecorder } from "./fixtures/recorder.ts";
import { until } from "./fixtures/until.ts";

/** What the suite needs to know of the Knative that it runs against; everything goes over HTTP. */
export interface BrokerContractTarget {
  kubeconfig: KubeConfig;
  /** Exists already; the suite creates and deletes its own objects in it. */
  namespace: string;
  /** The ingress of a Broker as the test's process reaches it. */
  ingressUrl: (namespace: string, broker: string) => string;
  /** An address of the test's process that the Brokers can reach, and the one to listen on where that is another. */
  recorder: { reachedAs: string; listensOn?: string };
  /** The Knative Service in that namespace whose program is fixtures/probe.cjs. */
  functionName: string;
  /** How long a PingSource may take to fire for the first time. */
  pingWithinMs: number;
}

const groups = {
  Broker: ["eventing.knative.dev", "brokers"],
  Trigger: ["eventing.knative.dev", "triggers"],
  PingSource: ["sources.knative.dev", "pingsources"],
  SinkBinding: ["sources.knative.dev", "sinkbindings"],
} as const;

/** What AutoHeal relies on in Knative's Brokers, run on the sandbox and on a real cluster, so that the two can't drift. */
export function brokerContract(name: string, start: () => Promise<BrokerContractTarget>): void {
  describe(`Brokers as AutoHeal needs them: ${name}`, () => {
    let target: BrokerContractTarget;
    let recorder: Awaited<ReturnType<typeof startRecorder>>;
    let api: CustomObjectsApi;
    const created: { kind: keyof typeof groups; name: string }[] = [];
    const run = randomUUID().slice(0, 8);

    const create = async (kind: keyof typeof groups, base: string, spec: object, annotations = {}) => {
      const [group, plural] = groups[kind];
      const { namespace } = target;
      const objectName = `${base}-${run}`;
      const body = { apiVersion: `${group}/v1`, kind, metadata: { name: objectName, namespace, annotations }, spec };
      await api.createNamespacedCustomObject({ group, version: "v1", namespace, plural, body });
      created.push({ kind, name: objectName });
      await until(
        `${kind} ${objectName} is Ready`,
        async () => {
          const place = { group, version: "v1", namespace, plural, name: objectName };
          const { status } = await api.getNamespacedCustomObject(place);
          return status?.conditions?.some(
            (one: Record<string, string>) => one.type === "Ready" && one.status === "True",
          );
        },
        90_000,
      );
      return objectName;
    };
    const broker = (base: string, how: { async: boolean; delivery?: object }) =>
      create(
        "Broker",
        base,
        how.delivery === undefined ? {} : { delivery: how.delivery },
        how.async ? { "messaging.knative.dev/async-handler": "true" } : {},
      );
    const trigger = (base: string, on: string, path: string, more: object = {}) =>
      create("Trigger", base, { broker: on, subscriber: { uri: recorder.url(path) }, ...more });
    const post = (on: string, id: string, more: Record<string, string> = {}, body = "{}") =>
      fetch(target.ingressUrl(target.namespace, on), {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "ce-specversion": "1.0",
          "ce-source": "/contract",
          "ce-type": "dev.autoheal.test.posted.v1",
          "ce-id": id,
          ...more,
        },
      });
    /**
     * Waits until a Broker delivers to every Trigger made so far: one that is Ready still misses what comes in the next
     * moment (seen on Knative 0.48: taken with 202, and never delivered). What the newest gets, the others get too.
     */
    const settle = async (on: string) => {
      const path = `/settled/${on}`;
      await trigger(`${on}-settled`, on, path, { filters: [{ exact: { type: settlingType } }] });
      const isSettled = async () => {
        await post(on, randomUUID(), { "ce-type": settlingType });
        return until("a delivery", () => recorder.settled(path), 300).catch(() => false);
      };
      const where = `what the Broker delivers arrives at ${recorder.url(path)}, an address of this machine that pods reach (AUTOHEAL_E2E_HOST)`;
      await until(where, isSettled, 30_000);
    };
    const refOf = (objectName: string) => ({
      ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: objectName, namespace: target.namespace },
    });

    beforeAll(async () => {
      target = await start();
      const config = target.kubeconfig;
      // client-node takes plain http, which the sandbox speaks, only where there is no TLS to verify.
      config.clusters = config.clusters.map((one) => ({
        ...one,
        skipTLSVerify: one.skipTLSVerify || one.server.startsWith("http:"),
      }));
      api = config.makeApiClient(CustomObjectsApi);
      const { reachedAs, listensOn = reachedAs } = target.recorder;
      recorder = await startRecorder(listensOn, reachedAs);
    }, 120_000);

    afterAll(async () => {
      for (const one of created.reverse()) {
        const [group, plural] = groups[one.kind];
        const place = { group, version: "v1", namespace: target.namespace, plural, name: one.name };
        await api.deleteNamespacedCustomObject(place).catch(() => undefined); // one of the tests deletes its own
      }
      recorder?.close();
    }, 60_000);

    test("every filter dialect chooses by type and extension attributes", async () => {
      const on = await broker("filters", { async: false });
      const restart = { exact: { remedy: "restart" } };
      const cases: [string, object, string[]][] = [
        ["all-of-them", {}, ["restart", "scale", "none"]],
        ["attributes", { filter: { attributes: { remedy: "restart" } } }, ["restart"]],
        ["exact", { filters: [restart] }, ["restart"]],
        ["prefix", { filters: [{ prefix: { remedy: "sc" } }] }, ["scale"]],
        ["suffix", { filters: [{ suffix: { remedy: "le" } }] }, ["scale"]],
        ["any", { filters: [{ any: [restart, { exact: { remedy: "scale" } }] }] }, ["restart", "scale"]],
        ["all", { filters: [{ all: [restart, { exact: { severity: "critical" } }] }] }, ["restart"]],
        ["not", { filters: [{ not: restart }] }, ["scale", "none"]],
        ["overridden", { filter: { attributes: { remedy: "scale" } }, filters: [restart] }, ["restart"]],
      ];
      await Promise.all(cases.map(([base, more]) => trigger(base, on, `/filters/${base}`, more)));
      await settle(on);
      expect((await post(on, "restart", { "ce-remedy": "restart", "ce-severity": "critical" })).status).toBe(202);
      expect((await post(on, "scale", { "ce-remedy": "scale", "ce-severity": "critical" })).status).toBe(202);
      expect((await post(on, "none", {})).status).toBe(202);
      const seen = () =>
        Object.fromEntries(cases.map(([base]) => [base, [...new Set(recorder.ids(`/filters/${base}`))].sort()]));
      expect(seen()).toEqual(Object.fromEntries(cases.map(([base, , ids]) => [base, [...ids].sort()])));
    }, 120_000);

    test("a Broker is a receipt: its ingress answers only after the subscribers did, and with 500 where one failed", async () => {
      const on = await broker("receipt", { async: false });
      const once = { delivery: { retry: 0, timeout: "PT1S" } };
      for (const path of ["slow", "poison", "away", "hangs"]) {
        await trigger(`receipt-${path}`, on, `/receipt/${path}`, { ...once, filter: { attributes: { path } } });
      }
      await settle(on);
      recorder.answer("/receipt/slow", () => ({ status: 204, afterMs: 500 }));
      recorder.answer("/receipt/poison", () => ({ status: 400 }));
      recorder.answer("/receipt/away", () => ({ status: 503 }));
      recorder.answer("/receipt/hangs", () => undefined);
      const startedAt = performance.now();
      expect((await post(on, "1", { "ce-path": "slow" })).status).toBe(202);
      expect(performance.now() - startedAt).toBeGreaterThan(490);
      expect((await post(on, "2", { "ce-path": "poison" })).status).toBe(500);
      expect((await post(on, "3", { "ce-path": "away" })).status).toBe(500);
      expect((await post(on, "4", { "ce-path": "hangs" })).status).toBe(500);
      expect((await post(on, "5", { "ce-path": "nobody" })).status).toBe(202);
      expect(recorder.at("/receipt/away")).toHaveLength(1);
    }, 120_000);

    test("with the async-handler annotation the ingress answers at once and delivers behind", async () => {
      const on = await broker("async", { async: true });
      await trigger("async", on, "/async");
      await settle(on);
      recorder.answer("/async", () => ({ status: 500, afterMs: 1500 }));
      const startedAt = performance.now();
      expect((await post(on, "1")).status).toBe(202);
      expect(performance.now() - startedAt).toBeLessThan(1000);
      await until("the event arrives", () => recorder.at("/async").length > 0);
    }, 120_000);

    test("404, 408, 409, 429 and 5xx are retried, any other 4xx is not; what is given up goes to the dead-letter sink", async () => {
      const graveyard = { uri: recorder.url("/graveyard") };
      const delivery = { retry: 3, backoffPolicy: "exponential", backoffDelay: "PT0.1S", deadLetterSink: graveyard };
      const on = await broker("retries", { async: true, delivery });
      await trigger("retries", on, "/retries", { filter: { attributes: { mood: "passing" } } });
      await trigger("refuses", on, "/refuses", { filter: { attributes: { mood: "final" } } });
      await trigger("never", on, "/never", { filter: { attributes: { mood: "never" } } });
      await settle(on);
      const statuses = [404, 408, 409, 429, 500, 503];
      for (const status of statuses) {
        const before = recorder.at("/retries").length;
        recorder.answer("/retries", (nth) => ({ status: nth === before + 1 ? status : 204 }));
        await post(on, `passing-${status}`, { "ce-mood": "passing" });
        await until(
          `${status} is retried`,
          () => recorder.ids("/retries").filter((id) => id === `passing-${status}`).length === 2,
        );
      }
      recorder.answer("/refuses", () => ({ status: 400, body: "cannot be understood" }));
      recorder.answer("/never", () => ({ status: 503 }));
      await post(on, "refused", { "ce-mood": "final" }, '{"kept":true}');
      await post(on, "exhausted", { "ce-mood": "never" });
      await until("both dead letters arrive", () => new Set(recorder.ids("/graveyard")).size === 2);
      expect(recorder.at("/refuses")).toHaveLength(1);
      expect(recorder.at("/never")).toHaveLength(4);
      const letters = recorder.at("/graveyard");
      const refused = letters.find((one) => one.headers["ce-id"] === "refused");
      expect(refused?.headers).toMatchObject({
        "ce-type": "dev.autoheal.test.posted.v1",
        "ce-mood": "final",
        "ce-knativeerrorcode": "400",
        "ce-knativeerrordest": recorder.url("/refuses"),
      });
      expect(refused?.body).toBe('{"kept":true}');
      expect(Buffer.from(String(refused?.headers["ce-knativeerrordata"]), "base64").toString()).toBe(
        "cannot be understood",
      );
      const exhausted = letters.find((one) => one.headers["ce-id"] === "exhausted");
      expect(exhausted?.headers["ce-knativeerrorcode"]).toBe("503");
    }, 120_000);

    test("a subscriber that hangs or is not there is tried again, and what it did not take goes to the dead-letter sink", async () => {
      const graveyard = { uri: recorder.url("/silent") };
      const delivery = { retry: 1, backoffDelay: "PT0.1S", timeout: "PT1S", deadLetterSink: graveyard };
      const on = await broker("silent", { async: true, delivery: { ...delivery, backoffPolicy: "exponential" } });
      await trigger("hangs", on, "/hangs", { filter: { attributes: { how: "hangs" } } });
      const nobody = { uri: recorder.url("").replace(/\d+$/, "9") };
      await trigger("gone", on, "", { subscriber: nobody, filter: { attributes: { how: "gone" } } });
      await settle(on);
      recorder.answer("/hangs", () => undefined);
      await post(on, "hung", { "ce-how": "hangs" });
      await post(on, "gone", { "ce-how": "gone" });
      await until("both dead letters arrive", () => new Set(recorder.ids("/silent")).size === 2, 30_000);
      expect(recorder.at("/hangs")).toHaveLength(2);
      const codes = recorder.at("/silent").map(({ headers }) => [headers["ce-id"], headers["ce-knativeerrorcode"]]);
      // Knative says why of what was answered or refused, but not of what it gave up waiting for.
      expect(Object.fromEntries(codes)).toEqual({ hung: undefined, gone: "500" });
    }, 120_000);

    test("a Trigger's own delivery counts instead of its Broker's, but for the dead-letter sink that it does not name", async () => {
      const graveyard = { uri: recorder.url("/inherited") };
      const on = await broker("own", { async: true, delivery: { retry: 3, deadLetterSink: graveyard } });
      await trigger("own", on, "/own", { delivery: { retry: 1, backoffPolicy: "linear", backoffDelay: "PT0.1S" } });
      await settle(on);
      recorder.answer("/own", () => ({ status: 503 }));
      await post(on, "1");
      await until("the dead letter arrives", () => recorder.ids("/inherited").includes("1"), 30_000);
      expect(recorder.at("/own")).toHaveLength(2);
    }, 120_000);

    test("exponential back-off doubles", async () => {
      const delivery = { retry: 3, backoffPolicy: "exponential", backoffDelay: "PT0.2S" };
      const on = await broker("backoff", { async: true });
      await trigger("backoff", on, "/backoff", { delivery });
      await settle(on);
      recorder.answer("/backoff", (nth) => ({ status: nth === 4 ? 204 : 503 }));
      await post(on, "1");
      await until("four tries", () => recorder.at("/backoff").length === 4);
      const times = recorder.at("/backoff").map(({ at }) => at);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThan(200 * 2 ** index - 5);
    }, 120_000);

    test("an accepted event arrives at least once, in whatever order", async () => {
      const on = await broker("many", { async: true });
      await trigger("many", on, "/many", { delivery: { retry: 5, backoffPolicy: "linear", backoffDelay: "PT0.1S" } });
      await settle(on);
      recorder.answer("/many", (nth) => ({ status: nth % 7 === 0 ? 503 : 204, afterMs: (nth * 13) % 50 }));
      const ids = Array.from({ length: 60 }, (_, nth) => `many-${nth}`);
      await Promise.all(ids.map(async (id) => expect((await post(on, id)).status).toBe(202)));
      await until("all ids", () => new Set(recorder.ids("/many")).size === ids.length);
      expect(new Set(recorder.ids("/many"))).toEqual(new Set(ids));
    }, 120_000);

    test("attributes, data and trace context arrive as they were sent; Authorization does not", async () => {
      const on = await broker("verbatim", { async: false });
      await trigger("verbatim", on, "/verbatim");
      await settle(on);
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
      const subject = "shop/Deployment/user";
      await post(
        on,
        "1",
        { "ce-traceparent": traceparent, "ce-subject": subject, authorization: "Bearer x" },
        '{"a":1}',
      );
      const structured = { specversion: "1.0", id: "2", source: "/contract", type: "t", subject, data: { a: 1 } };
      const response = await fetch(target.ingressUrl(target.namespace, on), {
        method: "POST",
        headers: { "content-type": "application/cloudevents+json" },
        body: JSON.stringify(structured),
      });
      expect(response.status).toBe(202);
      const [binary, second] = recorder.at("/verbatim");
      expect(binary?.headers).toMatchObject({ "ce-subject": subject, "content-type": "application/json" });
      expect(binary?.headers["ce-traceparent"]).toContain("0af7651916cd43dd8448eb211c80319c");
      expect(binary?.headers).not.toHaveProperty("authorization");
      expect(binary?.body).toBe('{"a":1}');
      expect(JSON.stringify([second?.headers, second?.body])).toContain(subject);
    }, 120_000);

    test("what is no event gets 400, a Broker that is not there 404", async () => {
      const on = await broker("strict", { async: true });
      expect((await post(on, "1", { "ce-specversion": "9" })).status).toBe(400);
      const noEvent = await fetch(target.ingressUrl(target.namespace, on), { method: "POST", body: "{}" });
      expect(noEvent.status).toBe(400);
      expect((await post("nobody", "1")).status).toBe(404);
      expect((await post("nobody", "1", { "ce-specversion": "9" })).status).toBe(400);
    }, 120_000);

    test("a reply that is no event fails the delivery, although the event was handled", async () => {
      const on = await broker("reply", { async: false });
      await trigger("reply", on, "/reply", { delivery: { retry: 1, backoffPolicy: "linear", backoffDelay: "PT0.1S" } });
      await settle(on);
      recorder.answer("/reply", () => ({ status: 200, body: "done", headers: { "content-type": "text/plain" } }));
      expect((await post(on, "1")).status).toBe(500);
      expect(recorder.at("/reply")).toHaveLength(2);
    }, 120_000);

    test("a Trigger finds a function by its name and path, and a SinkBinding gives it its Broker as K_SINK", async () => {
      const on = await broker("bound", { async: true });
      const ref = { apiVersion: "serving.knative.dev/v1", kind: "Service", name: target.functionName };
      const ours = { filters: [{ exact: { type: "dev.autoheal.test.posted.v1" } }] };
      await trigger("bound", on, "", { subscriber: { ref, uri: "/report" }, ...ours });
      await settle(on);
      let asked = 0;
      const environment = async (): Promise<Record<string, string>> => {
        const path = `/environment/${++asked}`;
        await post(on, `${asked}`, {}, JSON.stringify({ to: recorder.url(path) }));
        await until("the function reports", () => recorder.at(path).length > 0, 60_000);
        return JSON.parse(recorder.at(path)[0]?.body ?? "{}");
      };
      expect(await environment()).not.toHaveProperty("K_SINK");
      await create("SinkBinding", "bound", { subject: ref, sink: refOf(on) });
      const sink = await until("K_SINK is set", async () => (await environment()).K_SINK, 60_000);
      expect(new URL(sink).pathname).toBe(`/${target.namespace}/${on}`);
    }, 180_000);

    test("a PingSource made at run time fires with its data and extensions", async () => {
      const on = await broker("ping", { async: true });
      await trigger("ping", on, "/ping", {
        filters: [{ exact: { type: "dev.knative.sources.ping", autohealwake: "pulse" } }],
      });
      const source = await create("PingSource", "ping", {
        schedule: "* * * * * *",
        contentType: "application/json",
        data: '{"a":1}',
        sink: refOf(on),
        ceOverrides: { extensions: { autohealwake: "pulse" } },
      });
      await until("two pings", () => recorder.at("/ping").length >= 2, target.pingWithinMs);
      const [ping] = recorder.at("/ping");
      expect(ping?.body).toBe('{"a":1}');
      expect(ping?.headers["ce-source"]).toBe(`/apis/v1/namespaces/${target.namespace}/pingsources/${source}`);
    }, 120_000);
  });
}
