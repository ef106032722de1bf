/** Chance that can be repeated: integer arithmetic only, so that every machine draws the same numbers. */
export interface Generator {
  /** A whole number from 0 to 2^32 - 1. */
  next(): number;
  /** A whole number from 0 to `bound` - 1, for bounds up to 2^32. Some are likelier than others by bound / 2^32, which is nothing here. */
  below(bound: number): number;
}

/** xoshiro128** 1.1 of Blackman and Vigna (https://prng.di.unimi.it), from a state of four words that are not all 0. */
export function xoshiro128(words: readonly [number, number, number, number]): Generator {
  let [a, b, c, d] = words;
  const next = (): number => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  // The product has more bits than a double holds, but is never rounded up to `bound`: next() / 2^32 is at most 1 - 2^-32.
  const below = (bound: number): number => Math.floor((next() * bound) / 2 ** 32);
  return { next, below };
}

/** A generator of a seed from 0 to 2^32 - 1. Neighbouring seeds have states that are far apart (the finaliser of MurmurHash3). */
export function generatorOf(seed: number): Generator {
  const word = (at: number): number => {
    let mixed = (seed + Math.imul(at, 0x9e3779b9)) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  // The finaliser is one-to-one, so of four different words at most one is 0.
  return xoshiro128([word(1), word(2), word(3), word(4)]);
}

/** The seed of a text, from 0 to 2^32 - 1: FNV-1a over its UTF-8. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
