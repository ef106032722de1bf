import type { ContainerState } from "kubernetes-types/core/v1.js";
import { timestamp } from "../clock.ts";
import { type Pod, withCondition } from "../objects.ts";

type Status = NonNullable<Pod["status"]>;

/** What the kubelet knows about the one container of a pod. */
export interface ContainerView {
  state: ContainerState;
  lastState: ContainerState | undefined;
  restartCount: number;
  isStarted: boolean;
  isReady: boolean;
  containerID: string | undefined;
}

/** The pod's status as the kubelet reports it; conditions keep their transition times. */
export function podStatus(
  pod: Pod,
  view: ContainerView,
  address: { podIP: string; hostIP: string },
  now: number,
): Status {
  const { containers } = pod.spec;
  const name = containers[0]?.name ?? "";
  const image = containers[0]?.image ?? "";
  const phase = phaseOf(pod, view);
  const unready = view.isReady
    ? {}
    : phase === "Succeeded"
      ? { reason: "PodCompleted" }
      : { reason: "ContainersNotReady", message: `containers with unready status: [${name}]` };
  const condition = (type: string, isTrue: boolean, why: { reason?: string; message?: string } = {}) => ({
    type,
    status: isTrue ? "True" : "False",
    lastTransitionTime: timestamp(now),
    ...why,
  });
  let conditions = pod.status?.conditions ?? [];
  for (const next of [condition("ContainersReady", view.isReady, unready), condition("Ready", view.isReady, unready)]) {
    conditions = withCondition(conditions, next);
  }
  return {
    phase,
    conditions,
    hostIP: address.hostIP,
    podIP: address.podIP,
    startTime: pod.status?.startTime ?? timestamp(now),
    containerStatuses: [
      {
        name,
        image,
        imageID: view.containerID === undefined ? "" : `sandbox://${image}`,
        ...(view.containerID === undefined ? {} : { containerID: view.containerID }),
        ready: view.isReady,
        started: view.isStarted,
        restartCount: view.restartCount,
        state: view.state,
        ...(view.lastState ? { lastState: view.lastState } : {}),
      },
    ],
  };
}

/** Whether the kubelet starts a container again that ended with this code. */
export function isRestarted({ spec }: Pod, exitCode: number): boolean {
  const { restartPolicy = "Always" } = spec;
  return restartPolicy === "Always" || (restartPolicy === "OnFailure" && exitCode !== 0);
}

function phaseOf(pod: Pod, { state, lastState }: ContainerView): string {
  const { terminated } = state;
  if (terminated && !isRestarted(pod, terminated.exitCode)) return terminated.exitCode === 0 ? "Succeeded" : "Failed";
  return state.running || terminated || lastState ? "Running" : "Pending";
}
