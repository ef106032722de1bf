/** The cluster's state and the small Kubernetes API over it; the rest of the sandbox comes in by this door. */

export { type Api, startApi } from "./api.ts";
export { createStore } from "./memory-store.ts";
export type { KubernetesObject } from "./object.ts";
export { wantPorts } from "./port.ts";
export type { InterceptedRequest } from "./server.ts";
export { StatusError } from "./status-error.ts";
export type { Store, WatchEvent } from "./store.ts";
export { takeSubnet } from "./subnet.ts";
export type { LogRequest, ReadLog } from "./subresources.ts";
