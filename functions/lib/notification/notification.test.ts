import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Incident, IncidentStatus, OutboxEntry } from "../incident/index.ts";
import { blocksProblem } from "../testing/slack/index.ts";
import { emailOf, kubernetesEventOf, messageId, slackReply, slackRoot } from "./index.ts";

const at = "2026-01-02T03:04:05.678Z";

function anEntry(over: Partial<OutboxEntry> = {}): OutboxEntry {
  const lines = ["KubePodCrashLooping on pod user-1", "exit code 1, 5 times in 10 minutes"];
  return { id: "1", event: "opened", title: "user keeps crashing", lines, at, ...over };
}

function anIncident(over: Partial<IncidentStatus> = {}): Incident {
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "Incident",
    metadata: { name: "deployment-user-1", namespace: "shop", uid: "u-1", resourceVersion: "7", creationTimestamp: at },
    spec: {
      subject: "shop/Deployment/user",
      openedAt: at,
      workload: { kind: "Deployment", namespace: "shop", name: "user" },
    },
    status: { phase: "Open", alerts: [], evidence: [], remediations: [], outbox: [anEntry()], ...over },
  };
}

const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } });
const header = (text: string) => ({ type: "header", text: { type: "plain_text", text, emoji: false } });
const context = (text: string) => ({ type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] });
const since = `since <!date^1767323045^{date_short_pretty} {time_secs}|${at}>`;

describe("Slack", () => {
  test("the root says what is wrong with what", () => {
    expect(slackRoot(anIncident())).toEqual({
      text: "Open: shop/Deployment/user",
      blocks: [header("Open: shop/Deployment/user")],
      attachments: [
        {
          color: "#1A237E",
          fallback: "Open: shop/Deployment/user",
          blocks: [
            section("*user keeps crashing*"),
            section("• KubePodCrashLooping on pod user-1\n• exit code 1, 5 times in 10 minutes"),
            context(`incident shop/deployment-user-1 · open · ${since}`),
          ],
        },
      ],
    });
  });

  test("later it shows how the incident stands now, and still how it began", () => {
    const recovered = anEntry({ id: "2", event: "recovered", title: "healthy for 60 s", lines: [] });
    const finding = { cause: "BadTemplate" as const, confidence: 0.954, for: [], against: [], at };
    const status: Partial<IncidentStatus> = {
      phase: "Closed",
      outcome: "Succeeded",
      diagnosis: finding,
      outbox: [anEntry(), recovered],
    };
    const { blocks, attachments } = slackRoot(anIncident(status));
    expect(blocks).toEqual([header("Recovered: shop/Deployment/user")]);
    expect(attachments[0]?.color).toBe("#009688");
    expect(attachments[0]?.blocks).toEqual([
      section("*healthy for 60 s*"),
      section("*user keeps crashing*"),
      section("• KubePodCrashLooping on pod user-1\n• exit code 1, 5 times in 10 minutes"),
      context(
        `incident shop/deployment-user-1 · closed · cause: a pod template that can't start (95 %) · outcome: succeeded · ${since}`,
      ),
    ]);
  });

  test("nothing in it becomes a mention, a link or a new line", () => {
    const entry = anEntry({ title: "<!channel> & co", lines: ["a\nb <https://x|y>"] });
    expect(slackReply(anIncident(), entry).attachments[0]?.blocks.slice(0, 2)).toEqual([
      section("*&lt;!channel&gt; &amp; co*"),
      section("• a b &lt;https://x|y&gt;"),
    ]);
  });

  test("what does not fit is told as a number", () => {
    const entry = anEntry({ lines: Array.from({ length: 40 }, () => "x".repeat(1024)) });
    const blocks = slackReply(anIncident(), entry).attachments[0]?.blocks ?? [];
    expect(blocks.at(-2)).toEqual(section("… and 24 more, in the incident itself"));
  });

  test("an incident without a status has a root too", () => {
    const { status: _, ...created } = anIncident();
    expect(slackRoot(created).blocks).toEqual([header("Open: shop/Deployment/user")]);
  });

  test("any text keeps Slack's limits", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 1024 }),
      fc.constantFrom("&".repeat(1024), "😀".repeat(512), "<".repeat(800)),
    );
    const entry = fc.record({ title: text, lines: fc.array(text, { maxLength: 60 }) }).map((given) => anEntry(given));
    fc.assert(
      fc.property(entry, fc.string({ maxLength: 253 }), (told, subject) => {
        const incident = anIncident({ outbox: [told, { ...told, id: "2" }] });
        const named = { ...incident, spec: { ...incident.spec, subject } };
        for (const { blocks, attachments } of [slackRoot(named), slackReply(named, told)]) {
          expect(blocksProblem(blocks, attachments)).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("email", () => {
  test("the first", () => {
    const email = emailOf(anIncident(), anEntry());
    expect(email).toMatchObject({ messageId: "<u-1.1@autoheal.dev>", subject: "[AutoHeal] shop/Deployment/user" });
    expect(email).not.toHaveProperty("inReplyTo");
    expect(email.text).toBe(
      [
        "Open: user keeps crashing",
        "",
        "- KubePodCrashLooping on pod user-1",
        "- exit code 1, 5 times in 10 minutes",
        "",
        "Workload: shop/Deployment/user",
        "Incident: shop/deployment-user-1",
        `Since: ${at}`,
        `Told: ${at}`,
        "",
      ].join("\n"),
    );
  });

  test("a later one answers the first, under the same subject", () => {
    expect(emailOf(anIncident(), anEntry({ id: "2" }), "<u-1.1@autoheal.dev>")).toMatchObject({
      messageId: "<u-1.2@autoheal.dev>",
      inReplyTo: "<u-1.1@autoheal.dev>",
      subject: "Re: [AutoHeal] shop/Deployment/user",
    });
  });

  test("has AutoHeal's colours and no others", () => {
    const told = (event: OutboxEntry["event"]) =>
      new Set(emailOf(anIncident(), anEntry({ event })).html.match(/#[0-9a-f]{6}\b/gi));
    expect(told("held")).toEqual(new Set(["#FFFFFF", "#1A237E"]));
    expect(told("recovered")).toEqual(new Set(["#FFFFFF", "#1A237E", "#009688"]));
  });

  test("any text stays text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, line) => {
        const plain = emailOf(anIncident(), anEntry({ title: "", lines: [""] })).html;
        const { html, subject } = emailOf(
          anIncident(),
          anEntry({ title: `<b>${title}`, lines: [`"><script>${line}`] }),
        );
        expect(html.split("<").length).toBe(plain.split("<").length);
        expect(subject).not.toMatch(/[\r\n]/);
      }),
    );
  });

  test("an id that is no word is hashed", () => {
    expect(messageId(anIncident(), "1>\r\nBcc: x")).toMatch(/^<u-1\.[0-9a-f]{16}@autoheal\.dev>$/);
  });
});

describe("Kubernetes Events", () => {
  const workload = { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "user", uid: "w-1" };

  test("on the workload", () => {
    expect(kubernetesEventOf(anIncident(), anEntry(), workload)).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "incident-u-1.1", namespace: "shop" },
      involvedObject: workload,
      reason: "IncidentOpened",
      message: "user keeps crashing; KubePodCrashLooping on pod user-1; exit code 1, 5 times in 10 minutes",
      type: "Warning",
      source: { component: "autoheal.dev/notify" },
      reportingComponent: "autoheal.dev/notify",
      reportingInstance: "autoheal.dev/notify",
      firstTimestamp: "2026-01-02T03:04:05Z",
      lastTimestamp: "2026-01-02T03:04:05Z",
      count: 1,
    });
  });

  test("on the incident, where there is no workload", () => {
    expect(kubernetesEventOf(anIncident(), anEntry()).involvedObject).toEqual({
      apiVersion: "autoheal.dev/v1alpha1",
      kind: "Incident",
      namespace: "shop",
      name: "deployment-user-1",
      uid: "u-1",
    });
  });

  test.each<[OutboxEntry["event"], string, string]>([
    ["opened", "IncidentOpened", "Warning"],
    ["diagnosed", "IncidentDiagnosed", "Normal"],
    ["held", "IncidentHeld", "Warning"],
    ["proposed", "RemedyProposed", "Warning"],
    ["escalated", "IncidentEscalated", "Warning"],
    ["recovered", "IncidentRecovered", "Normal"],
    ["closed", "IncidentClosed", "Normal"],
  ])("%s is %s", (event, reason, type) => {
    expect(kubernetesEventOf(anIncident(), anEntry({ event }))).toMatchObject({ reason, type });
  });

  test("any entry keeps the limits of names and messages", () => {
    const entry = fc.record({
      id: fc.string({ minLength: 1, maxLength: 253 }),
      title: fc.string({ maxLength: 1024 }),
      lines: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(entry, (told) => {
        const event = kubernetesEventOf(anIncident(), anEntry(told));
        expect(event.message.length).toBeLessThanOrEqual(1024);
        expect(event.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      }),
    );
  });
});
