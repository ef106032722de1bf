/** The cluster's state and the small Kubernetes API over it; the rest of the sandbox comes in by this door. */
export { type Api, startApi } from "./api.ts";
export type { Manifests } from "./apply.ts";
export type { Kind } from "./kinds.ts";
export { createStore } from "./memory-store.ts";
export type { KubernetesObject, OwnerReference } from "./object.ts";
export type { InterceptedRequest, Interceptor } from "./server.ts";
export { StatusError } from "./status-error.ts";
export type { DeleteOptions, Store, WatchEvent } from "./store.ts";
export type { LogRequest, ReadLog } from "./subresources.ts";
