/** What looks like a secret in free text: by name, by scheme, by form. */
const secrets: readonly [RegExp, string][] = [
  [
    /\b(authorization|password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|credential)s?(["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
    "$1$2***",
  ],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~-]{8,}=*/gi, "$1 ***"],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+):[^\s@/]+@/gi, "$1:***@"],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "***"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, "***"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "***"],
];

/** The text with what looks like secrets masked: incidents are read by tenants and posted to chats. */
export function masked(text: string): string {
  return secrets.reduce((result, [form, replacement]) => result.replace(form, replacement), text);
}
