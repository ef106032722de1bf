/**
 * What looks like a secret in free text: by scheme, by name, by form. In this order: `Authorization: Bearer x` is
 * masked to its end only where the scheme comes first.
 */
const secrets: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "***"],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~-]{8,}=*/gi, "$1 ***"],
  [
    // No word boundary before it: DB_PASSWORD and userToken are names of secrets too.
    /(authorization|password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|credential)(s?["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"',;&]+)/gi,
    "$1$2***",
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, "$1:***@"],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "***"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, "***"],
  [/\b(xox[a-z]-|gh[a-z]_|hooks\.slack\.com\/services\/)[\w/-]{8,}/g, "$1***"],
  // The lines of a key whose first line was cut away; a digest is none.
  [/(?<![\w+/=-])(?<!sha256:)[A-Za-z0-9+/]{60,}={0,2}/g, "***"],
];

/** The text with what looks like secrets masked: incidents are read by tenants and posted to chats. */
export function masked(text: string): string {
  return secrets.reduce((result, [form, replacement]) => result.replace(form, replacement), text);
}
