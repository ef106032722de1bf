import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../api-server/index.ts";
import { make } from "../api-server/trial-namespace.ts";
import { type Ground, layGround } from "./ground.ts";

const people = ["alice", "bob"] as const;
type Person = (typeof people)[number] | "admin" | "scale";

const nothingYet = { alerts: [], evidence: [], remediations: [], outbox: [] };
const approval = "approval.autoheal.dev/5c1d-1";
const by = (name: string) => ({ [approval]: name });

let ground: Ground;
let administrator: string;
beforeAll(async () => {
  ground = await layGround(people);
  const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  administrator = (await make(ground.api.admin, path, {})).status.userInfo.username;
});
afterAll(() => ground?.close());

const asking = (who: Person) =>
  who === "admin" ? ground.api.admin : who === "scale" ? ground.as.scale : ground.api.person(who);
const incidents = () => `/apis/autoheal.dev/v1alpha1/namespaces/${ground.namespace}/incidents`;
const anIncident = (annotations?: object) => ({
  apiVersion: "autoheal.dev/v1alpha1",
  kind: "Incident",
  metadata: { generateName: "deployment-web-", annotations },
  spec: { subject: "shop/Deployment/web", openedAt: "2026-01-01T12:00:00Z" },
});

/** An incident that nobody has approved anything of, or that `approver` has. */
const stored = async (approver?: Person) =>
  make(asking(approver ?? "admin"), incidents(), anIncident({ note: "old", ...(approver && by(approver)) }));
const annotationsOf = async (name: string): Promise<object> =>
  (await ground.api.admin("GET", `${incidents()}/${name}`)).body.metadata.annotations;

const refused = (username: string, approver: string) => ({
  status: 403,
  body: {
    reason: "Forbidden",
    message: expect.stringContaining(
      `ValidatingAdmissionPolicy 'autoheal-approvals' with binding 'autoheal-approvals' denied request: ${username} may not give, change or take back an approval that names '${approver}'`,
    ),
  },
});

type Change = [who: Person, does: string, approvedBefore: Person | undefined, annotations: object | null];

describe("whoever gives, changes or takes back an approval is the user that it names", () => {
  test.each<Change>([
    ["alice", "approves", undefined, by("alice")],
    ["alice", "takes her approval back", "alice", { [approval]: null }],
    ["alice", "deletes all annotations, her approval with them", "alice", null],
    ["alice", "approves the undo too", "alice", { "approval.autoheal.dev/5c1d-1-undo": "alice" }],
    ["bob", "approves in alice's stead", "alice", by("bob")],
    ["bob", "says again that alice approves", "alice", by("alice")],
    ["bob", "changes another annotation", "alice", { note: "new" }],
    ["admin", "changes another annotation", "alice", { note: "new" }],
    ["bob", "writes what only looks like an approval", "alice", { "approval.autoheal.dev.example/5c1d-1": "alice" }],
  ])("%s %s", async (who, _does, before, annotations) => {
    const { metadata } = await stored(before);
    const patch = { metadata: { annotations } };
    expect(await asking(who)("PATCH", `${incidents()}/${metadata.name}`, patch)).toMatchObject({ status: 200 });
  });

  test.each<[...Change, approver: string]>([
    ["alice", "approves as bob", undefined, by("bob"), "bob"],
    ["alice", "approves as nobody", undefined, by(""), ""],
    ["alice", "approves as Alice", undefined, by("Alice"), "Alice"],
    ["admin", "approves as alice", undefined, by("alice"), "alice"],
    ["alice", "turns her approval into bob's", "alice", by("bob"), "bob"],
    ["admin", "turns alice's approval into bob's", "alice", by("bob"), "bob"],
    ["bob", "takes alice's approval back", "alice", { [approval]: null }, "alice"],
    ["admin", "takes alice's approval back", "alice", { [approval]: null }, "alice"],
    ["bob", "deletes all annotations", "alice", null, "alice"],
    [
      "bob",
      "approves beside an approval in alice's name",
      undefined,
      { ...by("bob"), "approval.autoheal.dev/5c1d-2": "alice" },
      "alice",
    ],
  ])("refused: %s %s", async (who, _does, before, annotations, approver) => {
    const { metadata } = await stored(before);
    const patch = { metadata: { annotations } };
    const answer = await asking(who)("PATCH", `${incidents()}/${metadata.name}`, patch);
    expect(answer).toMatchObject(refused(who === "admin" ? administrator : who, approver));
    expect(await annotationsOf(metadata.name)).toEqual({ note: "old", ...(before && by(before)) });
  });

  test("an action function approves nothing", async () => {
    const { metadata } = await stored();
    const answer = await ground.as.scale("PATCH", `${incidents()}/${metadata.name}`, {
      metadata: { annotations: by("system:serviceaccount:autoheal:scale") },
    });
    const message = expect.stringMatching(/^incidents.* denied request: system:serviceaccount:autoheal:scale may not /);
    expect(answer).toMatchObject({ status: 403, body: { message } });
  });
});

test("replacing an incident whole is no way around it", async () => {
  const { metadata } = await stored("alice");
  const { body } = await ground.api.admin("GET", `${incidents()}/${metadata.name}`);
  const put = (annotations: object) =>
    ground.api.admin("PUT", `${incidents()}/${metadata.name}`, {
      ...body,
      metadata: { ...body.metadata, annotations },
    });
  expect(await put({ note: "new" })).toMatchObject(refused(administrator, "alice"));
  expect(await put({ note: "new", ...by("alice") })).toMatchObject({ status: 200 });
});

describe("an incident is born", () => {
  test.each<[who: Person, how: string, annotations: object | undefined]>([
    ["admin", "without annotations", undefined],
    ["admin", "without approvals", { note: "new" }],
    ["alice", "with her own approval", by("alice")],
  ])("by %s, %s", async (who, _how, annotations) => {
    expect(await asking(who)("POST", incidents(), anIncident(annotations))).toMatchObject({ status: 201 });
  });

  test.each<[who: Person, annotations: object, approver: string]>([
    ["alice", by("bob"), "bob"],
    ["admin", by("alice"), "alice"],
  ])("refused: by %s, with %o", async (who, annotations, approver) => {
    const count = async () => (await ground.api.admin("GET", incidents())).body.items.length;
    const before = await count();
    const answer = await asking(who)("POST", incidents(), anIncident(annotations));
    expect(answer).toMatchObject(refused(who === "admin" ? administrator : who, approver));
    expect(await count()).toBe(before);
  });
});

test("the status of an approved incident is written on, and approves nothing; the incident can be deleted", async () => {
  const { metadata } = await stored("alice");
  const path = `${incidents()}/${metadata.name}`;
  const patch = { metadata: { annotations: by("bob") }, status: { phase: "Held", ...nothingYet } };
  const answer: Answer = await ground.api.admin("PATCH", `${path}/status`, patch);
  expect(answer).toMatchObject({ status: 200, body: { status: { phase: "Held" } } });
  expect(await annotationsOf(metadata.name)).toEqual({ note: "old", ...by("alice") });
  expect(await ground.api.admin("DELETE", path)).toMatchObject({ status: 200 });
});
