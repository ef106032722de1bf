import { serveList } from "./list.ts";
import type { KubernetesObject } from "./object.ts";
import { applyPatch } from "./patch.ts";
import type { RequestInfo } from "./request-path.ts";
import { fieldSelector, labelSelector, type Selector } from "./selector.ts";
import { badRequest, invalid, notFound, StatusError } from "./status-error.ts";
import type { DeleteOptions, Store } from "./store.ts";

/** A request as far as the verbs need it; `body` is parsed JSON or undefined. */
export interface ApiRequest {
  info: RequestInfo;
  query: URLSearchParams;
  contentType: string;
  // biome-ignore lint/suspicious/noExplicitAny: a body is JSON of any shape until it is looked at.
  body: any;
}

/** What goes back: a status code and a body, sent as JSON, or as text where it is a string. */
export interface ApiAnswer {
  code: number;
  body: object | string;
}

/** Carries out a verb on a main resource or its status. */
export function serveObject(store: Store, { info, query, contentType, body }: ApiRequest): ApiAnswer {
  const { resource, namespace, kind } = info;
  const subresource = info.subresource === "status" ? ("status" as const) : undefined; // narrows string to the literal
  switch (info.verb) {
    case "get":
      return { code: 200, body: existing(store, info) };
    case "list":
      return { code: 200, body: serveList(store, info, query, selectorOf(info, query)) };
    case "create":
      return { code: 201, body: store.create(resource, checkedForCreate(store, info, body)) };
    case "update": {
      const stored = existing(store, info);
      checkNames(info, body);
      if (!kind.builtIn && !body.metadata.resourceVersion) {
        const message = "Invalid value: 0x0: must be specified for an update"; // custom resources know no blind update
        const field = "metadata.resourceVersion";
        throw invalid(`${kind.kind}.${kind.group}`, stored.metadata.name, [
          { reason: "FieldValueInvalid", message, field },
        ]);
      }
      return { code: 200, body: store.update(resource, withNames(info, body), { subresource }) };
    }
    case "patch": {
      const stored = existing(store, info);
      const patched = applyPatch(contentType, stored, body, kind.builtIn);
      checkNames(info, patched);
      return { code: 200, body: store.update(resource, withNames(info, patched), { subresource }) };
    }
    case "delete": {
      const stored = existing(store, info);
      store.delete(resource, namespace, stored.metadata.name, deleteOptions(query, body));
      const { name, uid } = stored.metadata;
      const details = { name, ...(kind.group === "" ? {} : { group: kind.group }), kind: kind.plural, uid };
      const gone = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
      return { code: 200, body: resource === "pods" ? (store.get(resource, namespace, name) ?? stored) : gone };
    }
    case "watch":
    case "deletecollection":
      throw refusal(info);
  }
}

/** 405 that names what the sandbox leaves to a real cluster. */
export function refusal({ verb, resource, subresource }: RequestInfo): StatusError {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return new StatusError(405, "MethodNotAllowed", `the sandbox does not serve ${verb} on ${what}`, { kind: resource });
}

/** The object that the request names, or 404. */
export function existing<T = KubernetesObject>(store: Store, { resource, namespace, name = "" }: RequestInfo): T {
  const stored = store.get<T>(resource, namespace, name);
  if (stored === undefined) throw notFound(resource, name);
  return stored;
}

/** The filter that the query's labelSelector and fieldSelector make together. */
export function selectorOf({ resource }: RequestInfo, query: URLSearchParams): Selector {
  const labels = labelSelector(query.get("labelSelector") ?? "");
  const fields = fieldSelector(resource, query.get("fieldSelector") ?? "");
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

/** Preconditions and grace period of a metav1.DeleteOptions body, or of the query. */
export function deleteOptions(query: URLSearchParams, body: ApiRequest["body"]): DeleteOptions {
  const grace = body?.gracePeriodSeconds ?? query.get("gracePeriodSeconds") ?? undefined;
  return {
    ...body?.preconditions,
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
  };
}

function checkedForCreate(store: Store, info: RequestInfo, body: ApiRequest["body"]): object {
  const { kind, namespace } = info;
  checkNames({ ...info, name: undefined }, body);
  if (kind.namespaced && namespace === undefined) {
    throw new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }
  if (namespace !== undefined && store.get("namespaces", undefined, namespace) === undefined) {
    throw notFound("namespaces", namespace);
  }
  return withNames(info, body);
}

function checkNames({ kind, name, namespace }: RequestInfo, body: ApiRequest["body"]): void {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw badRequest("the body must be an object");
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  if ((body.kind !== undefined && body.kind !== kind.kind) || (body.apiVersion ?? apiVersion) !== apiVersion) {
    throw badRequest(
      `${body.kind} in version "${body.apiVersion}" cannot be handled as a ${kind.kind} in version "${apiVersion}"`,
    );
  }
  const given = body.metadata ?? {};
  if (name !== undefined && given.name !== name) {
    throw badRequest(`the name of the object (${given.name ?? ""}) does not match the name on the URL (${name})`);
  }
  if (given.namespace && given.namespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${given.namespace}) does not match the namespace on the request (${namespace ?? ""})`,
    );
  }
}

const withNames = ({ namespace }: RequestInfo, body: ApiRequest["body"]): KubernetesObject => ({
  ...body,
  metadata: { ...body.metadata, ...(namespace === undefined ? {} : { namespace }) },
});
