/**
 * How a handler ends. Knative retries 404, 408, 409, 429 and 5xx (knative/specs data-plane.md), so no exception
 * ever chooses the status: what is thrown becomes `Away`, 503, retried with back-off and then dead-lettered.
 */
export type Answer =
  /** Done, already done, or held by a guardrail: 204. */
  | { kind: "done" }
  /** Can never be understood: 400, straight to the dead-letter sink. */
  | { kind: "poison"; why: string };

/** Done, already done, or held. */
export const done: Answer = { kind: "done" };

/** Can never be understood, whoever tries again. */
export function poison(why: string): Answer {
  return { kind: "poison", why };
}
