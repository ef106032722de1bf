import type { Ground } from "./ground.ts";

type ApiRequest = Parameters<Parameters<Ground["sandbox"]["api"]["intercept"]>[0]>[0];

/** The moment in a function's work at which its process is killed: one of its own requests, to whom it may be. */
export type Moment =
  | {
      /** A request to the API server, before it is carried out, or once it is, before the answer. */
      api: ApiRequest["verb"];
      phase: "before" | "committed";
      /** Such as `incidents.autoheal.dev/status`. */
      resource: string;
      // biome-ignore lint/suspicious/noExplicitAny: a patch of any object.
      when?: (body: any) => boolean;
    }
  | {
      /** An event to a Broker, before anybody has it, or once the Broker has taken it, before the answer. */
      posts: string;
      phase: "before" | "taken";
    }
  | {
      /** A message to Slack, before it is there, or once it is, before the answer. */
      tells: "slack";
      phase: "before" | "written";
    };

/** Kills the process of a function once, at a moment in its work on one namespace; tells the processes that it killed. */
export function killAt(ground: Ground, name: string, namespace: string, moment: Moment): number[] {
  const { api, knative } = ground.sandbox;
  const killed: number[] = [];
  const kill = () => {
    off();
    const pid = knative.pidOf(name);
    if (pid === undefined) throw new Error(`${name} asks for something, though no process of it runs`);
    process.kill(pid, "SIGKILL");
    killed.push(pid);
    return { drop: true } as const;
  };
  // The ledger is in no namespace: a write to it is ours when a token of our workload is in it.
  const isOf = (request: ApiRequest) => {
    if (request.namespace !== undefined) return request.namespace === namespace;
    const { status } = request.body as { status?: { tokens?: { workload: string }[] } }; // reason: only the ledger is so
    return status?.tokens?.some(({ workload }) => workload.startsWith(`${namespace}/`)) === true;
  };
  const off = arm();
  return killed;

  function arm(): () => void {
    if ("api" in moment) {
      return api.intercept((request, phase) => {
        const resource = request.resource + (request.subresource ? `/${request.subresource}` : "");
        const isIt =
          phase === moment.phase &&
          request.user === `system:serviceaccount:autoheal:${name}` &&
          request.verb === moment.api &&
          resource === moment.resource &&
          isOf(request) &&
          (moment.when?.(request.body) ?? true);
        return isIt ? kill() : undefined;
      });
    }
    if ("posts" in moment) {
      return knative.onPost(({ event: { attributes } }, phase) => {
        const isIt =
          phase === moment.phase &&
          attributes.type === `dev.autoheal.${moment.posts}.v1` &&
          attributes.source === `/autoheal/${name}` &&
          String(attributes.subject).startsWith(`${namespace}/`);
        return isIt ? kill() : undefined;
      });
    }
    const before = ground.slack.fault;
    ground.slack.fault = (method, phase, given) => {
      const { store } = api;
      const uids = store.list("incidents.autoheal.dev", { namespace }).map(({ metadata }) => metadata.uid);
      const isIt =
        killed.length === 0 &&
        method === "chat.postMessage" &&
        phase === moment.phase &&
        uids.some((uid) => given.metadata?.includes(uid));
      if (!isIt) return before?.(method, phase, given);
      kill();
      return { cut: true };
    };
    return () => undefined;
  }
}
