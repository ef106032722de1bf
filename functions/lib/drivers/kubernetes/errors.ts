/** Why the API server did not do what it was asked: the few reasons that callers tell apart. */
export type ClusterReason =
  | "NotFound"
  | "AlreadyExists"
  | "Conflict"
  | "Forbidden"
  | "Invalid"
  /** An eviction that a PodDisruptionBudget forbids at the moment. */
  | "DisruptionBudget"
  /** The server is away, overloaded, or its answer made no sense: try again later. */
  | "Unavailable";

/** A failed request to the API server, in the project's own reasons. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly reason: ClusterReason;

  constructor(reason: ClusterReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** True when `error` is the API server's, for this reason. */
export function isClusterError(error: unknown, reason: ClusterReason): boolean {
  return error instanceof ClusterError && error.reason === reason;
}

/** Translates an answer of the API server; `verb` is that of the request. */
export function clusterErrorOf(status: number, body: unknown, verb: string): ClusterError {
  const { message, reason } = statusOf(body);
  const text = `${verb}: ${status} ${message ?? reason ?? ""}`.trim();
  return new ClusterError(reasonOf(status, reason, verb), text);
}

function reasonOf(status: number, reason: string | undefined, verb: string): ClusterReason {
  if (status === 404) return "NotFound";
  if (status === 409) return reason === "AlreadyExists" ? "AlreadyExists" : "Conflict";
  if (status === 401 || status === 403) return "Forbidden";
  if (status === 429 && verb === "evict") return "DisruptionBudget";
  if (status === 400 || status === 415 || status === 422) return "Invalid";
  return "Unavailable";
}

function statusOf(body: unknown): { message?: string; reason?: string } {
  return typeof body === "object" && body !== null ? body : {};
}
