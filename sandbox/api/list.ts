import type { KubernetesObject } from "./object.ts";
import type { RequestInfo } from "./request-path.ts";
import type { Selector } from "./selector.ts";
import { badRequest, StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";

/** Where the next page begins, and the moment that all pages are of. */
interface Place {
  resourceVersion: number;
  after: string;
}

/** A list, or with `limit` and `continue` a page of it: all pages show the moment of the first. */
export function serveList(store: Store, info: RequestInfo, query: URLSearchParams, isSelected: Selector): object {
  const { namespace, kind } = info;
  const token = query.get("continue") ?? "";
  const place = token === "" ? { resourceVersion: store.resourceVersion(), after: "" } : readToken(token);
  const objects = objectsAt(store, info.resource, place.resourceVersion)
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .sort((a, b) => compare(keyOf(a), keyOf(b)))
    .filter((object) => keyOf(object) > place.after);
  const limit = Number(query.get("limit") ?? 0) || Number.POSITIVE_INFINITY;
  const items = objects.filter(isSelected).slice(0, limit);
  const last = items.at(-1);
  // As the real server, which selects as it goes: there may be a next page, and nothing on it.
  const isMore = items.length === limit && last !== objects.at(-1);
  const more = last && isMore ? { continue: tokenOf({ ...place, after: keyOf(last) }) } : {};
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  const metadata = { resourceVersion: String(place.resourceVersion), ...more };
  return { kind: `${kind.kind}List`, apiVersion, metadata, items };
}

// What was there at an earlier version: what is there now, with every later change taken back.
function objectsAt(store: Store, resource: string, resourceVersion: number): KubernetesObject[] {
  const later = store.since(resource, resourceVersion);
  if (later === "expired") {
    const message =
      "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.";
    throw new StatusError(410, "Expired", message);
  }
  const there = new Map(store.list(resource).map((object) => [keyOf(object), object]));
  for (const { object, previous } of later.reverse()) {
    if (previous === undefined) there.delete(keyOf(object));
    else there.set(keyOf(object), previous);
  }
  return [...there.values()];
}

const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ""}/${metadata.name}`;
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b)); // byte by byte, as etcd

const tokenOf = (place: Place): string => Buffer.from(JSON.stringify(place)).toString("base64url");

function readToken(token: string): Place {
  try {
    const { resourceVersion, after } = JSON.parse(Buffer.from(token, "base64url").toString());
    if (typeof resourceVersion === "number" && typeof after === "string") return { resourceVersion, after };
    throw new Error("it is none of this server's");
  } catch (error) {
    throw badRequest(`continue key is not valid: ${(error as Error).message}`); // reason: JSON.parse throws Errors
  }
}
