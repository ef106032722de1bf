/** The moment at which the calm cases are looked at. */
export const now = new Date("2026-01-01T12:00:00Z");

/** So many seconds before `now`, as the API server writes it. */
export function secondsAgo(seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}
