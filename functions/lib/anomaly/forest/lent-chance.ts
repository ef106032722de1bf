import type { Generator } from "./generator.ts";

/**
 * Has work done whose only way to chance is Math.random, with ours in its place: such a package takes no generator. The work is
 * synchronous, so nobody else can draw meanwhile, and however it ends Math.random is what it was.
 */
export function withChanceOf<T>(generator: Generator, work: () => T): T {
  const theirs = Math.random;
  Math.random = () => generator.next() / 2 ** 32;
  try {
    return work();
  } finally {
    Math.random = theirs;
  }
}
