import { expect, test } from "vitest";
import { aDiagnosis, after, anAlert, anIncident, aRemediation, beginning } from "../fixtures/incidents.ts";
import { type Seen, statusOf } from "../status.ts";
import { storyOf } from "../story.ts";
import { renderAway, renderLogin, renderMessage, renderPage, statusParts, storyParts } from "./page.ts";

const now = new Date(beginning + 60_000);
const attack = `"><script>alert('x')</script><img src=x onerror="alert(1)">&amp;`;

function seen(change: Partial<Seen>): Seen {
  const namespaces = [{ name: "shop", labels: { "autoheal.dev/mode": "Auto" } }];
  return { ownNamespace: "autoheal", namespaces, workloads: [], incidents: [], policies: [], pauses: [], ...change };
}

/** Every text of an incident that somebody outside can choose, chosen badly. */
const hostile = anIncident(
  {
    phase: "Held",
    alerts: [anAlert({ name: attack, severity: attack, summary: attack })],
    diagnosis: { ...aDiagnosis, for: [{ text: attack, source: attack, at: after(4) }], against: [] },
    hold: { reason: attack, message: attack, since: after(5) },
    remediations: [
      aRemediation({
        message: attack,
        reason: attack,
        state: "Finished",
        change: { what: "restartPods", pods: [{ name: attack, uid: attack }] },
      }),
    ],
    outbox: [{ id: attack, event: "escalated", title: attack, lines: [attack], at: after(6) }],
  },
  { spec: { workload: { kind: "Deployment", namespace: attack, name: attack }, subject: attack, openedAt: after(0) } },
);

/** The tags of a page, what a browser would take for markup, without the values of attributes. */
function tags(page: string): string[] {
  return page.replace(/"[^"<>]*"/g, '""').match(/<[a-z!/][^>]*>/gi) ?? [];
}

test.each([
  ["the status page", renderPage(statusParts(statusOf(seen({ incidents: [hostile] }), now)), "/live", true)],
  ["an incident's page", renderPage(storyParts(storyOf(hostile), after(60)), `/live?incident=${attack}`, true)],
  [
    "pauses",
    renderPage(
      statusParts(
        statusOf(seen({ pauses: [{ scope: "Namespace", target: attack, reason: attack, by: attack }] }), now),
      ),
      "/live",
      true,
    ),
  ],
  [
    "unknown targets",
    renderPage(
      statusParts(statusOf(seen({ incidents: [{ ...hostile, spec: { subject: attack, openedAt: after(0) } }] }), now)),
      "/live",
      true,
    ),
  ],
  ["a message", renderMessage(attack, attack)],
  ["the page while the API server is away", renderAway(attack, attack)],
])("nothing from the cluster becomes markup: %s", (_name, page) => {
  expect(page).toContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  expect(page).not.toContain("<script>");
  expect(tags(page).filter((tag) => /<img|\son\w+=|\sstyle=/i.test(tag))).toEqual([]);
  expect(tags(page).filter((tag) => tag.startsWith("<script"))).toEqual(['<script src="" defer>']);
});

test("each workload is a section that its heading names, and says its state in words", () => {
  const { sections, title } = statusParts(statusOf(seen({ incidents: [anIncident({ phase: "Proving" })] }), now));
  expect(title).toBe("Healing 1 of 1 workload · AutoHeal");
  const [section] = sections;
  expect(section?.id).toBe("shop-Deployment-user");
  expect(section?.html).toContain('aria-labelledby="shop-Deployment-user-name"');
  expect(section?.html).toMatch(/<\/svg>Healing<\/span>/);
});

test("a section's digest changes with what it shows, and with nothing else", () => {
  const digest = (at: Date, firing: boolean) => {
    const incident = anIncident({ alerts: [anAlert(firing ? {} : { endsAt: after(30) })] });
    return statusParts(statusOf(seen({ incidents: [incident] }), at)).sections[0]?.digest;
  };
  const later = new Date(now.getTime() + 5_000);
  expect(digest(later, true)).toBe(digest(now, true));
  expect(digest(now, false)).not.toBe(digest(now, true));
});

test("the login asks for a password field and says when a token was wrong", () => {
  expect(renderLogin(false)).not.toContain("not valid");
  expect(renderLogin(true)).toMatch(/role="alert">This token is not valid/);
});

test("whoever watches nothing is told how to begin", () => {
  expect(renderPage(statusParts(statusOf(seen({}), now)), "/live", false)).toContain("<code>autoheal.dev/mode</code>");
});
