import type { Request } from "express";
import { HttpError } from "./http-error.ts";
import type { Peer } from "./peer.ts";

/** Asks auth who sent this request; throws HttpError 401 where it has no good token, 502 where auth is broken. */
export async function callerOf(request: Request, auth: Peer): Promise<string> {
  const token = /^Bearer (\S+)$/.exec(request.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new HttpError(401, "a bearer token is needed");
  const { status, body } = await auth.call({ method: "POST", path: "/tokens/verify", body: { token } });
  if (status === 401) throw new HttpError(401, "token refused");
  if (status !== 200 || !isClaims(body)) throw new HttpError(502, `auth answered ${status}`);
  return body.subject;
}

function isClaims(body: unknown): body is { subject: string } {
  return typeof body === "object" && body !== null && "subject" in body && typeof body.subject === "string";
}
