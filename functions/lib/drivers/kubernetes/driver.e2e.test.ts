import { currentKubeconfig, nodeContainer } from "../../../../sandbox/real-world/index.ts";
import { driverContract } from "./driver.contract.ts";

driverContract({
  name: "the cluster of KUBECONFIG",
  kubeconfig: currentKubeconfig,
  container: (script) => nodeContainer(currentKubeconfig(), script),
  patienceMs: 90_000,
});
