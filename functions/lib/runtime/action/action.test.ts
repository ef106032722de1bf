import { expect, test } from "vitest";
import type { Doors } from "../../action/index.ts";
import type { OutgoingEvent } from "../../event/index.ts";
import { handleAction, readActionConfig } from "./index.ts";

const K_SINK = "http://broker/autoheal/healing";

test("without more than the Broker: AutoHeal's and Kubernetes' own namespaces are protected", () => {
  expect(readActionConfig({ K_SINK })).toEqual({
    sink: K_SINK,
    ownNamespace: "autoheal",
    settings: {
      protectedNamespaces: ["kube-system", "kube-public", "kube-node-lease", "autoheal"],
      confirmAlerts: false,
    },
  });
});

test("AutoHeal's own namespace stays protected whatever is said, and Alertmanager's address makes alerts count only as seen", () => {
  const environment = {
    K_SINK,
    AUTOHEAL_NAMESPACE: "healing",
    AUTOHEAL_PROTECTED_NAMESPACES: "vault",
    ALERTMANAGER_URL: "http://am:9093",
  };
  expect(readActionConfig(environment)).toMatchObject({
    ownNamespace: "healing",
    settings: { protectedNamespaces: ["vault", "healing"], confirmAlerts: true },
  });
});

test("a bad configuration names what is wrong", () => {
  expect(() => readActionConfig({ ALERTMANAGER_URL: "am" })).toThrow(
    'K_SINK is not set; allowed: an http:// or https:// URL without user and password\nALERTMANAGER_URL is "am"; allowed: an http:// or https:// URL without user and password',
  );
});

const incident = { namespace: "shop", name: "deployment-web-1", uid: "u" };

test.each<[sentence: string, type: string, data: unknown]>([
  ["another event", "dev.autoheal.incident.due.v1", { incident, remediation: "u-1" }],
  ["no data", "dev.autoheal.remedy.requested.v1", undefined],
  ["no remediation", "dev.autoheal.remedy.requested.v1", { incident }],
])("poison, of which nothing is read: %s", async (_sentence, type, data) => {
  const doors: Doors = { observe: () => Promise.reject(new Error("read")), perform: () => Promise.reject() };
  const told: OutgoingEvent[] = [];
  const settings = { protectedNamespaces: [], confirmAlerts: false };
  const handle = handleAction({
    remedy: "restart",
    plan: () => ({ there: false, effects: [] }),
    settings,
    doors,
    post: async (event) => void told.push(event),
  });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const event = { id: "1", type, source: "/x", extensions: {}, data };
  expect((await handle(event, { path: "/", traceparent: "", log: quiet })).kind).toBe("poison");
  expect(told).toEqual([]);
});
