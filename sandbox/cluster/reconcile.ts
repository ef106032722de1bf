import type { Clock } from "./clock.ts";

/** A queue of object keys: each is reconciled once however often it was named meanwhile, and again after an error. */
export interface Queue {
  /** Names an object to look at, at once or after so many real milliseconds. */
  add(key: string, delayMilliseconds?: number): void;
  close(): void;
}

const RETRY_MILLISECONDS = 200;

/** The key of a namespaced object: `namespace/name`. */
export function keyOf({ metadata }: { metadata: { namespace?: string; name: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Runs a level-triggered controller outside the store's own call stack, so that writes never nest in a watch. */
export function startQueue(clock: Clock, name: string, reconcile: (namespace: string, name: string) => void): Queue {
  const due = new Set<string>();
  const later = new Map<string, { at: number; cancel: () => void }>();
  let closed = false;
  let scheduled = false;

  function add(key: string, delayMilliseconds = 0): void {
    if (closed) return;
    if (delayMilliseconds > 0) {
      addLater(key, delayMilliseconds);
      return;
    }
    due.add(key);
    if (!scheduled) setImmediate(drain);
    scheduled = true;
  }
  function addLater(key: string, milliseconds: number): void {
    const at = clock.now() + milliseconds;
    const waiting = later.get(key);
    if (waiting && waiting.at <= at) return;
    waiting?.cancel();
    const cancel = clock.after(milliseconds, () => {
      later.delete(key);
      add(key);
    });
    later.set(key, { at, cancel });
  }
  function drain(): void {
    scheduled = false;
    const keys = [...due];
    due.clear();
    for (const key of keys) {
      if (closed) return;
      const [namespace = "", objectName = ""] = key.split("/");
      try {
        reconcile(namespace, objectName);
      } catch (error) {
        // A conflict is the ordinary case: someone wrote in between, so the next look decides again.
        const isConflict = error instanceof Error && "code" in error && error.code === 409;
        if (!isConflict) console.error(`sandbox cluster: ${name} ${key}:`, error);
        add(key, RETRY_MILLISECONDS);
      }
    }
  }
  return {
    add,
    close() {
      closed = true;
      for (const { cancel } of later.values()) cancel();
      later.clear();
    },
  };
}
