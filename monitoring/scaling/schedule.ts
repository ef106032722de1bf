/** Functions start from zero and look at everything: oftener than this they would be busy with nothing else. */
const shortestSeconds = 2;

const secondsOf = { second: 1, minute: 60 } as const;

/**
 * The schedule of a PingSource that fires every so many seconds or minutes, at another pace; at most every 2 s. Throws on
 * other schedules, and where what comes out does not divide a minute or an hour evenly.
 */
export function scaleSchedule(cron: string, timeScale: number): string {
  const every = everySeconds(cron);
  const seconds = Math.max(shortestSeconds, Math.round(every / timeScale));
  if (seconds < 60 && 60 % seconds === 0) return `*/${seconds} * * * * *`;
  if (seconds % 60 === 0 && 60 % (seconds / 60) === 0) return `*/${seconds / 60} * * * *`;
  throw new Error(`"${cron}" through ${timeScale} is every ${seconds} s, which no schedule says`);
}

function everySeconds(cron: string): number {
  const [, count, rest = ""] = /^\*\/(\d+)((?: \*)+)$/.exec(cron) ?? [];
  const unit = rest.length === 10 ? "second" : "minute";
  if (count === undefined || (rest.length !== 10 && rest.length !== 8)) {
    throw new Error(`"${cron}" is no schedule such as "*/10 * * * * *" or "*/5 * * * *"`);
  }
  return Number(count) * secondsOf[unit];
}
