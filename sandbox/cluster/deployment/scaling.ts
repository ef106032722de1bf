import type { Deployment } from "../objects.ts";

/** A ReplicaSet as the arithmetic of a rollout sees it. */
export interface SetSize {
  name: string;
  isNew: boolean;
  /** spec.replicas and status.availableReplicas. */
  replicas: number;
  available: number;
  /** Creation order: the smallest is the oldest. */
  age: number;
}
/** The wanted spec.replicas of each ReplicaSet that has to change. */
export type Plan = Map<string, number>;

const sum = (sets: SetSize[], field: "replicas" | "available") => sets.reduce((total, set) => total + set[field], 0);

/** How many pods more and fewer than wanted a rolling update may have (deployment/util ResolveFenceposts). */
export function limits({ spec }: Deployment): { surge: number; unavailable: number } {
  if (spec.strategy?.type === "Recreate") return { surge: 0, unavailable: spec.replicas ?? 1 };
  const { maxSurge = "25%", maxUnavailable = "25%" } = spec.strategy?.rollingUpdate ?? {};
  const replicas = spec.replicas ?? 1;
  const surge = portion(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(replicas, portion(maxUnavailable, replicas, Math.floor));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function portion(value: number | string, of: number, round: (exact: number) => number): number {
  return typeof value === "number" ? value : round((Number.parseFloat(value) / 100) * of);
}

/** The next step while the Deployment is paused: a new size, but only where one set has all pods. */
export function planPaused(deployment: Deployment, sets: SetSize[]): Plan {
  const active = sets.filter(({ replicas }) => replicas > 0);
  const [only] = active.length > 0 ? active : sets.filter(({ isNew }) => isNew);
  return only && active.length < 2 ? changes(sets, new Map([[only.name, deployment.spec.replicas ?? 1]])) : new Map();
}

/** The next step of a rolling update (deployment/rolling.go): grow the new set, or shrink the old ones, never below minAvailable. */
export function planRollingUpdate(deployment: Deployment, sets: SetSize[]): Plan {
  const wanted = deployment.spec.replicas ?? 1;
  const { surge, unavailable } = limits(deployment);
  const current = sets.find(({ isNew }) => isNew);
  if (current && current.replicas > wanted) return new Map([[current.name, wanted]]);
  if (current && current.replicas < wanted) {
    const room = wanted + surge - sum(sets, "replicas");
    const grown = current.replicas + Math.min(Math.max(room, 0), wanted - current.replicas);
    if (grown !== current.replicas) return new Map([[current.name, grown]]);
  }
  const old = sets.filter((set) => !set.isNew && set.replicas > 0).sort((a, b) => a.age - b.age);
  const minAvailable = wanted - unavailable;
  const newUnavailable = current ? current.replicas - current.available : 0;
  let removable = sum(sets, "replicas") - minAvailable - newUnavailable;
  if (removable <= 0) return new Map();
  const plan = new Map(old.map(({ name, replicas }) => [name, replicas]));
  const shrink = (name: string, most: number, budget: number) => {
    const replicas = plan.get(name) ?? 0;
    const fewer = Math.max(0, Math.min(replicas, most, budget));
    plan.set(name, replicas - fewer);
    return fewer;
  };
  for (const { name, replicas, available } of old) removable -= shrink(name, replicas - available, removable);
  let spare = sum(sets, "available") - minAvailable;
  for (const { name } of old) spare -= shrink(name, Number.POSITIVE_INFINITY, spare);
  return changes(sets, plan);
}

/** The next step of a Recreate rollout: all old pods go (`oldPodsGone` tells when), then the new ones come. */
export function planRecreate(deployment: Deployment, sets: SetSize[], oldPodsGone: boolean): Plan {
  const old = sets.filter((set) => !set.isNew && set.replicas > 0);
  if (old.length > 0) return new Map(old.map(({ name }) => [name, 0]));
  const current = sets.find(({ isNew }) => isNew);
  return oldPodsGone && current ? changes(sets, new Map([[current.name, deployment.spec.replicas ?? 1]])) : new Map();
}

function changes(sets: SetSize[], plan: Plan): Plan {
  return new Map([...plan].filter(([name, replicas]) => sets.find((set) => set.name === name)?.replicas !== replicas));
}
