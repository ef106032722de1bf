import { isReady, type KubernetesObject, list, whyNotReady } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

/** What is waited for, and how it is told. */
export interface Wait {
  /** The resource, as kubectl names it. */
  resource: string;
  names: readonly string[];
  seconds: number;
  ready?: (object: KubernetesObject) => boolean;
  say: (line: string) => void;
}

/** Waits until all of these objects are ready, saying each as it becomes so; rejects with what is not, and why. */
export async function waitUntilReady({ resource, names, seconds, ready = isReady, say }: Wait): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  const waiting = new Set(names);
  for (;;) {
    const found = new Map(
      (await list(resource, `--namespace=${ownNamespace}`)).map((object) => [object.metadata.name, object]),
    );
    for (const name of waiting) {
      const object = found.get(name);
      if (!object || !ready(object)) continue;
      waiting.delete(name);
      say(`${resource.split(".")[0]}/${name} is ready`);
    }
    if (waiting.size === 0) return;
    if (Date.now() > deadline) {
      const why = [...waiting].map((name) => {
        const object = found.get(name);
        return `${resource}/${name}: ${object ? whyNotReady(object) : "not there"}`;
      });
      throw new Error(`not ready within ${seconds} s:\n  ${why.join("\n  ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
