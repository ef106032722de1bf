import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Api, startApi } from "../../../sandbox/api/index.ts";
import { needChromium } from "../../../scripts/chromium.mjs";
import { aDiagnosis, after, anAlert, anIncident, aRemediation } from "../fixtures/incidents.ts";
import { type RunningConsole, setIncident, setStage, setWorkload, startConsole } from "../fixtures/stage.ts";

const adminToken = "admin-token";
const token = "console-token-0123456789";
/** What keeps Chromium from talking to anybody but us. */
const quiet = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let api: Api;
let open: RunningConsole;
let browser: Browser;

beforeAll(async () => {
  api = await startApi({ token: adminToken, readLog: () => undefined });
  await setStage(api);
  open = await startConsole(kubeconfig());
  browser = await chromium.launch({
    executablePath: await needChromium(),
    args: `--headless --no-sandbox --disable-gpu ${quiet}`.split(" "),
  });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  expect(await open?.stop()).toBe(0);
  await api?.close();
});

beforeEach(async () => {
  api.store.remove("incidents.autoheal.dev", "shop", "deployment-user-1");
  await setWorkload(api, "shop", "user", 2, 2);
});

/** The console's own rights, as knative/ grants them. */
function kubeconfig(): string {
  return api.kubeconfig({ namespace: "autoheal", serviceAccount: "console" });
}

/** Opens a page and collects what it complains about: errors, and violations of its Content-Security-Policy. */
async function openPage(url: string, complaints: string[], width = 1280): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return page;
}

test("an incident that arises, heals and closes is seen on the open page, without a reload", async () => {
  const complaints: string[] = [];
  const page = await openPage(open.url, complaints);
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await page.locator("main > section > header > h2").allTextContents()).toEqual([
    "api",
    "auth",
    "traffic",
    "user",
  ]);
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));

  const attack = "<script>document.body.dataset.hacked = 'yes'</script>";
  await setWorkload(api, "shop", "user", 2, 1);
  await setIncident(api, anIncident({ alerts: [anAlert({ name: attack })] }));
  const user = page.getByRole("region", { name: "user" });
  await user.getByText("1 of 2 ready").waitFor();
  await user.getByRole("heading", { name: attack }).waitFor();

  const remediation = aRemediation({ state: "Applied", appliedAt: after(6) });
  await setIncident(api, anIncident({ phase: "Proving", diagnosis: aDiagnosis, remediations: [remediation] }));
  await user.getByText("Memory leak: restart written, proving that it worked").waitFor();
  await user.getByText(/exit code 137/).waitFor();
  await page.getByText("Healing 1 of 4 workloads").waitFor();
  expect(await page.locator("main > section > header > h2").first().textContent()).toBe("user");

  await setWorkload(api, "shop", "user", 2, 2);
  const now = new Date().toISOString();
  await setIncident(api, anIncident({ phase: "Closed", outcome: "Succeeded", recoveredAt: now, closedAt: now }));
  await page.getByText("All 4 workloads are healthy").waitFor();
  await user.getByText("1 incident closed within a day").click();
  await user.getByText(/^ContainerOOMKilled: recovered in/).waitFor();

  expect(await page.locator("body").getAttribute("data-loaded")).toBe("once");
  expect(await page.locator("body").getAttribute("data-hacked")).toBeNull();
  expect(complaints).toEqual([]);
  await page.close();
});

test("what is unfolded and where the focus is outlives a swap, on a phone without sideways scrolling", async () => {
  await setIncident(
    api,
    anIncident({ phase: "Held", hold: { reason: "Cooldown", message: "too soon", since: after(5) } }),
  );
  const now = new Date().toISOString();
  const metadata = { ...anIncident().metadata, name: "deployment-user-7" };
  await setIncident(api, anIncident({ phase: "Closed", outcome: "Inconclusive", closedAt: now }, { metadata }));
  const page = await openPage(open.url, [], 360);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText("1 incident closed within a day").focus();
  await page.keyboard.press("Enter");
  await setWorkload(api, "shop", "user", 3, 1);
  await page.getByText("1 of 3 ready").waitFor();
  expect(await page.locator("#shop-Deployment-user-closed").getAttribute("open")).not.toBeNull();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("1 incident closed within a day");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.close();
  api.store.remove("incidents.autoheal.dev", "shop", "deployment-user-7");
});

test("one incident has a page of its own, live too", async () => {
  await setIncident(api, anIncident({ phase: "Open" }));
  const path = `${open.url}/incidents/shop/deployment-user-1`;
  const complaints: string[] = [];
  const page = await openPage(path, complaints);
  await page.getByText("Live", { exact: true }).waitFor();
  await setIncident(api, anIncident({ phase: "Escalated", escalatedAt: after(9) }));
  await page.getByText("A person is needed").waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("while the API server is away that is said, and afterwards the page is live again by itself", async () => {
  const first = await startApi({ token: adminToken, readLog: () => undefined });
  await setStage(first);
  const lasting = await startConsole(first.kubeconfig("admin"));
  const complaints: string[] = [];
  const page = await openPage(lasting.url, complaints);
  await page.getByText("Live", { exact: true }).waitFor();
  await first.close();

  await page.getByText("Not live: The Kubernetes API does not answer. Trying again.").waitFor();
  const program = await fetch(lasting.url, { headers: { accept: "application/json" } });
  expect(program.status).toBe(503);
  expect(await program.json()).toEqual({ error: "The Kubernetes API does not answer.", reason: "Unavailable" });
  expect((await fetch(`${lasting.url}/metrics`)).status).toBe(503);
  const late = await openPage(lasting.url, []);
  await late.getByRole("heading", { name: "The Kubernetes API does not answer." }).waitFor();

  const second = await startApi({ token: adminToken, readLog: () => undefined, subnet: first.subnet });
  await setStage(second);
  await page.getByText("Live", { exact: true }).waitFor();
  await late.getByText("All 4 workloads are healthy").waitFor();
  expect(complaints).toEqual([]);
  await page.close();
  await late.close();
  expect(await lasting.stop()).toBe(0);
  await second.close();
});

test("a console that ends is noticed by the page, and found again", async () => {
  const before = await startConsole(kubeconfig());
  const page = await openPage(before.url, []);
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await before.stop()).toBe(0);
  await page.getByText("Not live: the console does not answer. Trying again.").waitFor();
  const afterwards = await startConsole(kubeconfig(), { PORT: new URL(before.url).port });
  await page.getByText("Live", { exact: true }).waitFor();
  await page.close();
  expect(await afterwards.stop()).toBe(0);
});

test("with a token set, the page is shown after the login and until the logout", async () => {
  const locked = await startConsole(kubeconfig(), { AUTOHEAL_CONSOLE_TOKENS: token });
  const page = await openPage(locked.url, []);
  await page.getByLabel("Token").fill("not-the-token-0123456789");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This token is not valid.").waitFor();
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  await page.close();
  expect(await locked.stop()).toBe(0);
  expect(locked.log.join()).not.toContain(token);
});
