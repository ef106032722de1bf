/**
 * What looks like a secret in free text: by scheme, by name, by form. In this order: `Authorization: Bearer x` is
 * masked to its end only where the scheme comes first.
 */
const secrets: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, "***"],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~-]{8,}=*/gi, "$1 ***"],
  // Of other schemes too, as `Token x`: the second word is the secret.
  [/(authorization\\*["']?\s*[:=]\s*\\*["']?[a-z][\w-]* +)[^\s"'\\]+/gi, "$1***"],
  [/(?<![\w-])(--[\w-]*(?:password|secret|token|key) +)(?!-)[^\s"']+/gi, "$1***"],
  [
    // No word boundary before it: DB_PASSWORD and userToken are names of secrets too.
    // Quotes can be escaped, as in a log of JSON within JSON, or end with the text.
    /(authorization|password|passwd|passphrase|(?<=[-_])pass|pwd|secret|token|(?:api|access|private|secret)[-_]?key|credential)(s?\\*["']?\s*(?:=>|[:=])\s*)(\\+"[^"]*(?:"|$)|"(?:[^"\\]|\\.)*(?:"|\\?$)|'(?:[^'\\]|\\.)*(?:'|\\?$)|[^\s"',;&]+)/gi,
    "$1$2***",
  ],
  // To the last @: what a password may not hold in a URL is what crashes on it.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):(?!\d+[/?#])[^\s"'<>]{1,1024}@/gi, "$1:***@"],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "***"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, "***"],
  [/\b(xox[a-z]-|gh[a-z]_|github_pat_|hooks\.slack\.com\/services\/)[\w/-]{8,}/g, "$1***"],
  // The lines of a key whose first line was cut away; a digest is none.
  [/(?<![\w+/=-])(?<!sha256:)[A-Za-z0-9+/]{60,}={0,2}/g, "***"],
];

/** The text with what looks like secrets masked: incidents are read by tenants and posted to chats. */
export function masked(text: string): string {
  return secrets.reduce((result, [form, replacement]) => result.replace(form, replacement), text);
}
