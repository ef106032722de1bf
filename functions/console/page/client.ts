import type { Parts } from "./page.ts";

/**
 * The page's script, sent to the browser as the text of this function: it uses nothing around it but its argument.
 * Follows the live stream, swaps what has changed, keeps durations counting, and says when it is not live.
 */
export function follow(durationText: (milliseconds: number) => string): void {
  const live = document.getElementById("live");
  const main = document.getElementById("sections");
  const source = live?.dataset.source;
  if (!live || !main || !source) return;

  /** No word for this long, in ms, means that the connection is dead: the server speaks every 15 s. */
  const silentMs = 40_000;
  let aheadMs = Date.parse(live.dataset.at ?? "") - Date.now();
  let heardAt = Date.now();
  let retryMs = 1_000;
  let stream: EventSource | undefined;

  const say = (state: "live" | "away", text: string) => {
    if (live.textContent === text && live.className === state) return;
    live.className = state;
    live.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
    document.body.classList.toggle("stale", state === "away");
  };

  const count = () => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
      element.textContent = durationText(Date.now() + aheadMs - Date.parse(element.dataset.since ?? ""));
    }
  };

  const swap = (parts: Parts) => {
    aheadMs = Date.parse(parts.at) - Date.now();
    document.title = parts.title;
    const summary = document.getElementById("summary");
    if (summary && summary.dataset.html !== parts.summary) {
      summary.innerHTML = parts.summary;
      summary.dataset.html = parts.summary;
    }
    const focused = document.activeElement;
    const focusId = focused?.closest("[id]")?.id;
    const focusHref = focused?.getAttribute("href");
    const kept = new Set<Element>();
    for (const { id, digest, html } of parts.sections) {
      let section = document.getElementById(id);
      if (section?.dataset.digest !== digest || !digest) {
        const open = [...(section?.querySelectorAll("details[open]") ?? [])].map((details) => details.id);
        const template = document.createElement("template");
        template.innerHTML = html;
        const fresh = template.content.firstElementChild as HTMLElement; // reason: a section is one element
        fresh.classList.add("fresh");
        for (const openId of open) fresh.querySelector(`#${CSS.escape(openId)}`)?.setAttribute("open", "");
        section?.replaceWith(fresh);
        section = fresh;
      }
      const before = main.children[kept.size] ?? null;
      if (before !== section) main.insertBefore(section, before);
      kept.add(section);
    }
    for (const child of [...main.children]) if (!kept.has(child)) child.remove();
    if (focused && !focused.isConnected && focusId) {
      const home = document.getElementById(focusId);
      const link = focusHref ? home?.querySelector<HTMLElement>(`[href="${CSS.escape(focusHref)}"]`) : undefined;
      (link ?? home?.querySelector<HTMLElement>(":scope > summary, a") ?? main).focus({ preventScroll: true });
    }
    count();
  };

  const connect = () => {
    stream?.close();
    heardAt = Date.now();
    stream = new EventSource(source);
    const hear = (type: string, then: (data: string) => void) =>
      stream?.addEventListener(type, (event) => {
        heardAt = Date.now();
        retryMs = 1_000;
        then((event as MessageEvent<string>).data); // reason: EventSource's events carry text
      });
    hear("beat", () => undefined);
    hear("page", (data) => {
      swap(JSON.parse(data));
      say("live", "Live");
    });
    hear("unchanged", () => say("live", "Live"));
    hear("away", (data) => say("away", `Not live: ${JSON.parse(data).message} Trying again.`));
    stream.addEventListener("error", () => {
      say("away", "Not live: the console does not answer. Trying again.");
      // A refused connection (a status other than 200) is not tried again by the browser.
      if (stream?.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, 15_000);
    });
  };

  setInterval(() => {
    count();
    if (Date.now() - heardAt < silentMs || stream?.readyState === EventSource.CLOSED) return;
    say("away", "Not live: the console has gone silent. Trying again.");
    connect();
  }, 1_000);
  connect();
}
