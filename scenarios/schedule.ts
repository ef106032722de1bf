/** Something to run, and how much of the room it takes. */
export interface Job<T> {
  weight: number;
  /** It never runs beside another one that says so. */
  alone?: boolean;
  run(): Promise<T>;
}

/**
 * Runs jobs so many at a time that their weights fit into `room`, in order but for those that have to wait for one that
 * runs `alone`; one that is too large for the room takes all of it.
 */
export function schedule<T>(jobs: readonly Job<T>[], room: number): Promise<T>[] {
  let free = room;
  let taken = false;
  const waiting: { weight: number; alone: boolean; begin: () => void }[] = [];
  const next = () => {
    for (;;) {
      const at = waiting.findIndex(({ weight, alone }) => weight <= free && !(alone && taken));
      const [first] = at < 0 ? [] : waiting.splice(at, 1);
      if (!first) return;
      free -= first.weight;
      taken ||= first.alone;
      first.begin();
    }
  };
  const results = jobs.map(({ weight, alone = false, run }) => {
    const share = Math.min(weight, room);
    return new Promise<void>((begin) => waiting.push({ weight: share, alone, begin })).then(run).finally(() => {
      free += share;
      if (alone) taken = false;
      next();
    });
  });
  next();
  return results;
}
