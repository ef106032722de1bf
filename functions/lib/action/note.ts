import * as z from "zod/mini";
import type { RemediationNote } from "../event/index.ts";

/** Kubernetes' own form of names (RFC 1123): nothing that could lead a path elsewhere. */
const name = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/));
const id = z.string().check(z.minLength(1), z.maxLength(253));

const schema = z.object({ incident: z.object({ namespace: name, name, uid: id }), remediation: id });

/** Reads the data of `remedy.requested`; undefined when it names no remediation. */
export function parseNote(data: unknown): RemediationNote | undefined {
  const parsed = schema.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
