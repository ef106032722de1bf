import type { Peer, Series, Signals } from "../evidence/index.ts";

/** When the calm signals are read: `now`, in seconds since the epoch. */
const readAt = Date.parse("2026-01-01T12:00:00Z") / 1000;
const stepSeconds = 30;

/** A series of the last hour, a sample each 30 s; its value by how many seconds ago, `undefined` where nothing was known. */
export function seriesOf(value: (secondsAgo: number) => number | undefined): Series {
  return Array.from({ length: 121 }, (_, i) => 3600 - i * stepSeconds).flatMap((secondsAgo) => {
    const known = value(secondsAgo);
    return known === undefined ? [] : [{ at: readAt - secondsAgo, value: known }];
  });
}

/** A series that was one level for the whole hour. */
export function level(value: number): Series {
  return seriesOf(() => value);
}

/** A series that stepped from one level to another so many seconds ago. */
export function stepped(before: number, after: number, secondsAgo: number): Series {
  return seriesOf((ago) => (ago > secondsAgo ? before : after));
}

/** A series that rose evenly from so many seconds ago until now. */
export function rising(from: number, to: number, secondsAgo: number): Series {
  return seriesOf((ago) => (ago > secondsAgo ? from : to - ((to - from) * ago) / secondsAgo));
}

/** A service that shop/web calls, and that is well. */
export function aPeer(peer: Partial<Peer> = {}): Peer {
  return { errorRatio: level(0), p99Seconds: level(0.05), ownErrorRatio: level(0), ...peer };
}

/** What Prometheus knows of the calm shop/web: nothing is off, and both of its revisions were ready once. */
export function theSignals(signals: Partial<Signals> = {}): Signals {
  const pods = ["web-2-a", "web-2-b", "web-2-c"];
  const each = (value: number) => Object.fromEntries(pods.map((pod) => [pod, level(value)]));
  return {
    readAt,
    stepSeconds,
    cpuByPod: each(0.2),
    memoryByPod: each(0.4),
    requestRate: level(10),
    errorRatio: level(0),
    p99Seconds: level(0.1),
    peers: { auth: aPeer() },
    readyByRevision: { "web-1": 3, "web-2": 3 },
    ...signals,
  };
}
