/** A contract is what a function takes, posts, and may do, as data: `npm run check` holds knative/ and its README to it. */
import type { EventName } from "../event/index.ts";

/** What one function takes, posts and may do. */
export interface FunctionContract {
  name: string;
  consumes: readonly Consumed[];
  produces: readonly EventName[];
  kubernetes: readonly Right[];
  /** The environment variables that it reads, beside HOST, PORT and LOG_LEVEL. */
  environment: readonly string[];
}

/** An event that is taken: by name with a filter on its extensions, or a ping by its `autohealwake`; `path` where it is not `/`. */
export type Consumed =
  | { event: EventName; filter?: Readonly<Record<string, string>>; path?: string }
  /** `straight`: from a PingSource of its own, past the Brokers. */
  | { ping: "pulse" | "tick"; path?: string; straight?: true };

/** Verbs on a kind, `plural[.group][/subresource]`. */
export interface Right {
  resource: string;
  verbs: readonly ("get" | "list" | "watch" | "create" | "update" | "patch" | "delete")[];
  /** `cluster`: everywhere; `enabled`: only in namespaces where AutoHeal was enabled; `own`: in AutoHeal's namespace. */
  where: "cluster" | "enabled" | "own";
}
