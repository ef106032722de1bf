/** One reason of a 422 Invalid, as in metav1.StatusCause. */
export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** What the API server refuses, with the HTTP code and reason of the metav1.Status it becomes on the wire. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: number, reason: string, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = "StatusError";
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** 404 in the words of the real API server; `resource` is plural[.group]. */
export function notFound(resource: string, name: string): StatusError {
  return new StatusError(404, "NotFound", `${resource} "${name}" not found`, { name, ...groupAndKind(resource) });
}

/** 409 for a create of a name that is taken. */
export function alreadyExists(resource: string, name: string): StatusError {
  const message = `${resource} "${name}" already exists`;
  return new StatusError(409, "AlreadyExists", message, { name, ...groupAndKind(resource) });
}

/** 409 for a write whose resourceVersion or precondition is stale; `why` is the real server's half sentence. */
export function conflict(resource: string, name: string, why = STALE): StatusError {
  const message = `Operation cannot be fulfilled on ${resource} "${name}": ${why}`;
  return new StatusError(409, "Conflict", message, { name, ...groupAndKind(resource) });
}

const STALE = "the object has been modified; please apply your changes to the latest version and try again";

/** 422 with one cause per broken rule; `kind` is Kind[.group]. */
export function invalid(kind: string, name: string, causes: Cause[]): StatusError {
  const reasons = causes.map((cause) => (cause.field === "" ? cause.message : `${cause.field}: ${cause.message}`));
  const list = reasons.length === 1 ? reasons[0] : `[${reasons.join(", ")}]`;
  const [short, ...group] = kind.split(".");
  const details = { name, kind: short, causes, ...(group.length > 0 ? { group: group.join(".") } : {}) };
  return new StatusError(422, "Invalid", `${kind} "${name}" is invalid: ${list}`, details);
}

/** 400 for what cannot be understood at all. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

function groupAndKind(resource: string): Record<string, string> {
  const [plural = resource, ...group] = resource.split(".");
  return group.length > 0 ? { group: group.join("."), kind: plural } : { kind: plural };
}
