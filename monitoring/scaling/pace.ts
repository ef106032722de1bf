/**
 * How fast time passes, against production: every duration is divided by `timeScale`, but no range of samples gets shorter
 * than `shortestRangeMs`. Alerts may fire sooner; a kubelet still renews a container's numbers only every 10 to 15 s, and
 * a rate needs two of them.
 */
export interface Pace {
  timeScale: number;
  shortestRangeMs: number;
}
