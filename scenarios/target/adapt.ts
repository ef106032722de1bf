import type { Pace } from "../../monitoring/scaling/index.ts";

/** What a cluster has that the sandbox has not. */
export interface Place {
  pace: Pace;
  /** The full names of the sample apps' images by their short ones: `user:1.0.0`. */
  images: Readonly<Record<string, string>>;
}

/**
 * What Kubernetes waits for. On a cluster its controllers go by the clock on the wall; the sandbox's go at its pace. A
 * rollout has to have moved within the deadline, and pods start no faster than in production.
 */
const kubernetesSeconds = {
  progressDeadlineSeconds: { least: 30 },
  minReadySeconds: { least: 0 },
  terminationGracePeriodSeconds: { least: 2 },
} as const;

/** A manifest, or a patch of one, with the names that the images have there, and Kubernetes' own durations at the pace. */
export function adapted<T>(manifest: T, place: Place): T {
  return adaptedValue(manifest, place) as T; // reason: only scalars are replaced, each by one of its kind
}

function adaptedValue(value: unknown, place: Place, key = ""): unknown {
  if (key === "image" && typeof value === "string") return imageThere(value, place);
  if (isWaitedFor(key) && typeof value === "number") {
    return Math.min(value, Math.max(kubernetesSeconds[key].least, Math.ceil(value / place.pace.timeScale)));
  }
  if (Array.isArray(value)) return value.map((item) => adaptedValue(item, place));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, adaptedValue(part, place, name)]));
}

function isWaitedFor(key: string): key is keyof typeof kubernetesSeconds {
  return Object.hasOwn(kubernetesSeconds, key);
}

/** `autoheal/<app>:<version>` where it was pushed to; a version that there is not stays one that there is not. */
function imageThere(image: string, { images }: Place): string {
  const [, app, version] = /^autoheal\/([a-z]+):([\w.-]+)$/.exec(image) ?? [];
  if (!app || !version) return image;
  const known = images[`${app}:${version}`];
  if (known) return known;
  const [sibling] = Object.entries(images).flatMap(([name, full]) => (name.startsWith(`${app}:`) ? full : []));
  return sibling ? `${sibling.slice(0, sibling.lastIndexOf(":"))}:${version}` : image;
}
