/** Who may read the console: holders of a token, or, where none is set, whoever reaches it from inside. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Setting } from "@autoheal/lib/runtime";

/** What a request is let do. */
export type Verdict = "granted" | "needs-token" | "foreign-host";

/** The headers that decide. */
export interface Credentials {
  host?: string | undefined;
  authorization?: string | undefined;
  cookie?: string | undefined;
}

/** The console's door. */
export interface Access {
  /** True when tokens are set: then there is a login. */
  readonly tokens: boolean;
  verdict(credentials: Credentials): Verdict;
  /** The value of the session's cookie for a right token. */
  login(token: string): string | undefined;
}

/** The name of the session's cookie. */
export const cookieName = "autoheal_console";

/** How long a login holds, in seconds. */
export const sessionSeconds = 43_200;

/** Tokens separated by commas, each long enough not to be guessed; empty: no token is needed, but only inside hosts are answered. */
export function tokens(variable: string): Setting<string[]> {
  return {
    variable,
    fallback: "",
    allowed: "tokens of at least 16 characters, separated by commas",
    secret: true,
    parse: (value) => {
      const parts = value.split(",").flatMap((part) => part.trim() || []);
      return parts.every((part) => part.length >= 16) ? parts : undefined;
    },
  };
}

/** The door for these tokens; several can be valid at once, for rotation. */
export function accessBy(valid: readonly string[], now: () => Date): Access {
  const sign = (token: string, expires: string) =>
    createHmac("sha256", token).update(`console ${expires}`).digest("hex");
  const isToken = (given: string) => valid.filter((token) => same(token, given)).length > 0;
  const isSession = (value: string) => {
    const [expires = "", signature = ""] = value.split(".");
    const signed = valid.filter((token) => same(sign(token, expires), signature)).length > 0;
    return signed && Number(expires) > now().getTime();
  };
  return {
    tokens: valid.length > 0,
    verdict: ({ host, authorization, cookie }) => {
      if (valid.length === 0) return isInside(host ?? "") ? "granted" : "foreign-host";
      const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
      if (bearer !== undefined) return isToken(bearer) ? "granted" : "needs-token";
      return isSession(cookieOf(cookie)) ? "granted" : "needs-token";
    },
    login: (given) => {
      const token = valid.find((one) => same(one, given));
      if (token === undefined) return undefined;
      const expires = String(now().getTime() + sessionSeconds * 1000);
      return `${expires}.${sign(token, expires)}`;
    },
  };
}

/** Compares in a time that says nothing about either text. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function cookieOf(header = ""): string {
  const pairs = header.split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([name]) => name === cookieName)?.[1] ?? "";
}

/**
 * True for names that only this machine or this cluster resolves: a page of a stranger that is made to resolve to us
 * (DNS rebinding) still carries its own name, and an ingress carries the public one.
 */
function isInside(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|[a-z0-9-]+(\.[a-z0-9-]+\.svc(\.cluster\.local)?)?)$/.test(name);
}
