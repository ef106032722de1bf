import type { ServerResponse } from "node:http";
import type { KubernetesObject } from "./object.ts";
import type { RequestInfo } from "./request-path.ts";
import type { Selector } from "./selector.ts";
import { StatusError } from "./status-error.ts";
import type { Store, WatchEvent } from "./store.ts";

/**
 * Streams the changes of a resource as JSON lines until the client goes, or after timeoutSeconds. Without a
 * resourceVersion (or with "0") it begins with what is there; with one that is forgotten it says 410 and ends.
 */
export function serveWatch(
  store: Store,
  info: RequestInfo,
  query: URLSearchParams,
  isSelected: Selector,
  response: ServerResponse,
): void {
  const here: Selector = (object) =>
    (info.namespace === undefined || object.metadata.namespace === info.namespace) && isSelected(object);
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();

  const from = query.get("resourceVersion") ?? "";
  if (from === "" || from === "0") {
    for (const object of store.list(info.resource).filter(here)) send("ADDED", object);
  } else {
    const missed = store.since(info.resource, Number(from));
    if (missed === "expired") {
      const message = `too old resource version: ${from} (${store.resourceVersion()})`;
      send("ERROR", statusOf(new StatusError(410, "Expired", message)));
      response.end();
      return;
    }
    for (const event of missed) forward(event, here, send);
  }
  const stop = store.watch(info.resource, (event) => forward(event, here, send));
  const timeoutSeconds = Number(query.get("timeoutSeconds") ?? 0);
  const timer = timeoutSeconds > 0 ? setTimeout(() => response.end(), timeoutSeconds * 1000) : undefined;
  response.on("close", () => {
    stop();
    clearTimeout(timer);
  });
}

// An object that a change brings into the selection is ADDED for this watcher, one that it takes out is DELETED.
function forward(event: WatchEvent, here: Selector, send: (type: string, object: KubernetesObject) => void): void {
  const before = event.previous !== undefined && here(event.previous);
  const now = event.type !== "DELETED" && here(event.object);
  if (now) send(before ? "MODIFIED" : "ADDED", event.object);
  else if (before) send("DELETED", event.object);
}

/** The metav1.Status that an error is on the wire. */
export function statusOf(error: StatusError): object {
  const { code, reason, message, details } = error;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}
