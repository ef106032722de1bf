/** A mistake is a place in what somebody sent that is not as it has to be, and what was expected there. */

/** Longest list of mistakes: enough to repair a body by. */
export const mostMistakes = 20;

/** A validator's finding. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The mistakes, each as `alerts[2].startsAt: expected an RFC 3339 time`; the first 20 of them. `under` is where the part that was looked at stands. */
export function mistakesOf(issues: readonly Issue[], under: readonly PropertyKey[] = []): string[] {
  return issues.slice(0, mostMistakes).map(({ path, message }) => `${placeOf([...under, ...path])}: ${message}`);
}

/** `alerts[0].labels.team`; at most 200 characters, as keys are the sender's own. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "body";
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`))
    .join("")
    .slice(0, 200);
}
