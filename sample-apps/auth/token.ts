import { createHmac, timingSafeEqual } from "node:crypto";

/** What a token says: who it was given to, and until when (seconds since 1970). */
export interface Claims {
  subject: string;
  expires: number;
}

/** A token: the claims as base64url JSON, a dot, and their HMAC-SHA256. */
export function signToken(claims: Claims, key: string): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${macOf(payload, key).toString("base64url")}`;
}

export type Verdict =
  | { valid: true; claims: Claims }
  | { valid: false; reason: "Malformed" | "BadSignature" | "Expired" };

export function verifyToken(token: string, key: string, nowSeconds: number): Verdict {
  const [payload, mac, ...rest] = token.split(".");
  if (!payload || !mac || rest.length > 0) return { valid: false, reason: "Malformed" };
  const expected = macOf(payload, key);
  const given = Buffer.from(mac, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { valid: false, reason: "BadSignature" };
  }
  // The signature proves that signToken wrote these bytes.
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
  return claims.expires > nowSeconds ? { valid: true, claims } : { valid: false, reason: "Expired" };
}

function macOf(payload: string, key: string): Buffer {
  return createHmac("sha256", key).update(payload).digest();
}
