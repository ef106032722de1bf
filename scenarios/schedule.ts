/** Something to run, and how much of the room it takes. */
export interface Job<T> {
  weight: number;
  run(): Promise<T>;
}

/** Runs jobs in order, so many at a time that their weights fit into `room`; one that is too large runs alone. */
export function schedule<T>(jobs: readonly Job<T>[], room: number): Promise<T>[] {
  let free = room;
  const waiting: { weight: number; begin: () => void }[] = [];
  const next = () => {
    for (;;) {
      const [first] = waiting;
      if (!first || first.weight > free) return;
      waiting.shift();
      free -= first.weight;
      first.begin();
    }
  };
  const results = jobs.map(({ weight, run }) => {
    const share = Math.min(weight, room);
    return new Promise<void>((begin) => waiting.push({ weight: share, begin })).then(run).finally(() => {
      free += share;
      next();
    });
  });
  next();
  return results;
}
