import * as z from "zod/mini";

const secondsOf = { s: 1, m: 60, h: 3600 } as const;

/** A duration as it would be in production, such as `90s` or `10m`, read as seconds; a target divides it by its time scale. */
export const duration = z.pipe(
  z.string().check(z.regex(/^[0-9]+(s|m|h)$/, "expected a duration such as 90s, 10m or 1h")),
  z.transform((text: string) => Number(text.slice(0, -1)) * secondsOf[text.slice(-1) as "s" | "m" | "h"]), // reason: the pattern
);
