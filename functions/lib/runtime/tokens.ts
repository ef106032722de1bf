import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Gives the tokens that are valid at the moment. */
export type Tokens = () => Promise<readonly string[]>;

/**
 * The tokens of the configuration and those of a file, read at each call, so that a renewed Secret counts at once.
 * The file holds tokens separated by commas or white space; one that can't be read rejects.
 */
export function tokensOf(configured: readonly string[], file: string): Tokens {
  return async () => {
    const read = file === "" ? "" : await readFile(file, "utf8");
    return [...configured, ...read.split(/[\s,]+/).filter(Boolean)];
  };
}

/** The token of an `Authorization` header: written in several ways it is the same one. */
export function tokenOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * True when the `Authorization` header carries one of the tokens; with no token nobody gets in.
 * All are compared, and by digest, so that the time taken tells neither which one nor how much of it was right.
 */
export function admits(tokens: readonly string[], authorization: string | undefined): boolean {
  const given = tokenOf(authorization);
  if (given === undefined) return false;
  let admitted = false;
  for (const token of tokens) admitted = timingSafeEqual(digest(token), digest(given)) || admitted;
  return admitted;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
