/**
 * Runs works of one key one after the other, within this process: events of one thing that come at once would only get in
 * each other's way, and each find nothing left to do if they waited. What is right must not hang on it: processes may be two.
 */
export function inTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

/**
 * As `inTurns`, for looks at one thing that somebody hints at. Who hints while one waits for its turn is let go at once, as that one sees
 * what he saw: however many hints come, two looks of a key are in hand at most. Nobody who was let go hears whether it could look, so
 * something else has to hint again at what nobody has looked at.
 */
export function hints(): (key: string, look: () => Promise<void>) => Promise<void> {
  const inTurn = inTurns();
  const waiting = new Set<string>();
  return async (key, look) => {
    if (waiting.has(key)) return;
    waiting.add(key);
    await inTurn(key, () => {
      waiting.delete(key);
      return look();
    });
  };
}

/**
 * As `inTurns`, for works that are the same for one key: all who ask while one waits for its turn get what comes of that
 * one. Who asks while it runs waits for the next: it may have looked already.
 */
export function coalesced(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const inTurn = inTurns();
  const waiting = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const next = waiting.get(key);
    if (next) return next as ReturnType<typeof work>; // reason: works of one key are the same
    const mine = inTurn(key, () => {
      waiting.delete(key);
      return work();
    });
    waiting.set(key, mine);
    return mine;
  };
}
