import { highest, hungPods, latest, ofLive, type Peer, percent } from "../evidence/index.ts";
import { healthyPods } from "../workload/index.ts";
import type { Finding, Rule, Seen } from "./diagnosis.ts";
import { likely, troubleOf } from "./diagnosis.ts";

/** The victim's errors or latency follow a service that it calls, while its own pods are fine. */
export const upstreamFailure: Rule = (seen) => {
  const victim = troubleOf(seen, "ErrorsHigh", "LatencyHigh", "NotReady");
  const own = troubleOf(seen, "Crashing", "OutOfMemory", "CannotStart", "CpuSaturated", "MemoryHigh", "RolloutStuck");
  if (victim.length === 0 || own.length > 0) return undefined;
  const peers = [...failingPeers(seen), ...slowPeers(seen)];
  if (peers.length === 0) return undefined;
  return {
    cause: "UpstreamFailure",
    confidence: likely,
    for: [...peers, ...victim],
    against: [{ text: "its own pods neither crash nor lack CPU or memory", source: "pods" }],
  };
};

/** Peers that calls fail at. Where the peer itself counts no errors, its word is said too. */
function failingPeers({ signals, thresholds }: Seen): Finding[] {
  return Object.entries(signals.peers).flatMap(([name, peer]) => {
    const errors = latest(peer.errorRatio, signals) ?? 0;
    // A peer that nobody reaches any more counts nothing: its last word is from before, and must not stand in for now.
    const own = latest(peer.ownErrorRatio, { ...signals, stepSeconds: signals.stepSeconds / 2 });
    const said = own === undefined ? "" : `; ${name} itself counts ${percent(own)}`;
    // Not all that a caller can't get through is the peer's doing: its own held connection fails where the peer is fine.
    const peerIsFine = own !== undefined && own <= thresholds.errorRatio / 2;
    return errors > thresholds.errorRatio && !peerIsFine
      ? [{ text: `${percent(errors)} of calls to ${name} fail${said}`, source: "prometheus" }]
      : [];
  });
}

/** Peers that calls take long at, if that is most of the time that the caller itself takes: it asks one after the other. */
function slowPeers(seen: Seen): Finding[] {
  const { signals, thresholds } = seen;
  // One pod's calls that vanish in its dead connection take until they time out: a slow peer would be slow for all pods.
  if (someHang(seen) || isShortOfCpu(seen)) return [];
  const timeOf = (peer: Peer) => latest(peer.p99Seconds, signals) ?? 0;
  const slow = Object.entries(signals.peers).filter(([, peer]) => timeOf(peer) > thresholds.p99Seconds);
  const together = slow.reduce((sum, [, peer]) => sum + timeOf(peer), 0);
  if (together <= (latest(signals.p99Seconds, signals) ?? 0) * 0.5) return [];
  return slow.map(([name, peer]) => ({
    text: `calls to ${name} take ${timeOf(peer).toFixed(2)} s (p99)`,
    source: "prometheus",
  }));
}

/** True when some pods hang while others are ready: what they all share can't be why. */
function someHang({ workload, signals, thresholds, now }: Seen): boolean {
  return hungPods(workload, signals, thresholds, now).length > 0 && healthyPods(workload).length > 0;
}

/** True when its own CPU is nearly used up: it waits for that, and takes it for its peers' slowness. */
function isShortOfCpu({ workload, signals, thresholds }: Seen): boolean {
  return (latest(highest(ofLive(signals.cpuByPod, workload)), signals) ?? 0) > thresholds.cpuRatio * 0.8;
}
