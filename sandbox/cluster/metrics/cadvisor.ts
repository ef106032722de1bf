import type { Running, Usage } from "../kubelet/index.ts";
import { quantity } from "../quantity.ts";
import type { Family } from "./exposition.ts";

const PERIOD_MICROSECONDS = 100_000;

/** The container metrics of the kubelet's /metrics/cadvisor, of the containers that run now. */
export function cadvisor(running: Running[]): Family[] {
  const of = (value: (one: Running) => number | undefined, only = (_: Running) => true) =>
    running.filter(only).map((one): [ReturnType<typeof labelsOf>, number] => [labelsOf(one), value(one) ?? 0]);
  const used = (field: keyof Usage) => of(({ usage }) => usage[field]);
  const hasQuota = (one: Running) => limit(one, "cpu") !== undefined;
  const quota = (one: Running) => (limit(one, "cpu") ?? 0) * PERIOD_MICROSECONDS;
  return [
    counter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed", used("cpuSeconds")),
    gauge("container_memory_working_set_bytes", "Current working set of the container", used("workingSetBytes")),
    gauge(
      "container_spec_memory_limit_bytes",
      "Memory limit for the container",
      of((one) => limit(one, "memory")),
    ),
    gauge("container_spec_cpu_quota", "CPU quota of the container", of(quota, hasQuota)),
    gauge(
      "container_spec_cpu_period",
      "CPU period of the container",
      of(() => PERIOD_MICROSECONDS),
    ),
  ];
}

function labelsOf({ pod, containerID }: Running) {
  const { namespace, name, uid } = pod.metadata;
  const [container] = pod.spec.containers;
  const id = `/kubepods/burstable/pod${uid}/${containerID.replace("sandbox://", "")}`;
  return { namespace, pod: name, container: container?.name, image: container?.image, id };
}

function limit({ pod }: Running, resource: "cpu" | "memory"): number | undefined {
  return quantity(pod.spec.containers[0]?.resources?.limits?.[resource]);
}

function counter(name: string, help: string, samples: Family["samples"]): Family {
  return { name, help, type: "counter", samples };
}

function gauge(name: string, help: string, samples: Family["samples"]): Family {
  return { name, help, type: "gauge", samples };
}
