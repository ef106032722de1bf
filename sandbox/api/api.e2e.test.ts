import { currentKubeconfig, nodeContainer } from "../real-world/index.ts";
import { clusterContract } from "./cluster.contract.ts";

clusterContract({
  name: "the cluster of KUBECONFIG",
  kubeconfig: currentKubeconfig,
  container: (script) => nodeContainer(currentKubeconfig(), script),
  patienceMs: 90_000,
});
