import * as z from "zod/mini";

/** Checks that exactly one of an object's keys is there, `besides` those that may stand beside it. */
export function exactlyOne<T extends object>(besides: readonly string[] = []) {
  return z.check<T>((payload) => {
    const given = Object.keys(payload.value).filter((key) => !besides.includes(key));
    if (given.length === 1) return;
    const message = `expected exactly one thing, but found ${given.length === 0 ? "none" : given.join(" and ")}`;
    payload.issues.push({ code: "custom", message, input: payload.value });
  });
}
