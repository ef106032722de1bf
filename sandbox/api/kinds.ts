import { admitBuiltIn } from "./built-in/index.ts";
import type { KubernetesObject } from "./object.ts";

/** One kind of object that the sandbox serves, built in or declared by a CustomResourceDefinition. */
export interface Kind {
  /** plural[.group], the name that the store goes by: "pods", "deployments.apps". */
  resource: string;
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  /** Whether status is a subresource, so that writes of the one leave the other alone. */
  status: boolean;
  scale: boolean;
  /** Whether the API server itself has the kind; one that a CustomResourceDefinition declares knows fewer patch types. */
  builtIn: boolean;
  /** Whether metadata.generation counts the changes of the spec. */
  generation: boolean;
  shortNames: string[];
  /** Defaults, prunes and checks an object before it is written (throws StatusError); `old` is missing on create. */
  admit?: (object: KubernetesObject, old: KubernetesObject | undefined) => KubernetesObject;
}

const SERVED = `
v1                                Namespace                -namespaced status          ns
v1                                Pod                       namespaced status generation po
v1                                Service                   namespaced status          svc
v1                                Event                     namespaced                 ev
v1                                ConfigMap                 namespaced                 cm
v1                                ServiceAccount            namespaced                 sa
apps/v1                           Deployment                namespaced status generation scale deploy
apps/v1                           ReplicaSet                namespaced status generation scale rs
apps/v1                           StatefulSet               namespaced status generation scale sts
apps/v1                           DaemonSet                 namespaced status generation ds
apps/v1                           ControllerRevision        namespaced
autoscaling/v2                    HorizontalPodAutoscaler   namespaced status          hpa
policy/v1                         PodDisruptionBudget       namespaced status generation pdb
rbac.authorization.k8s.io/v1      Role                      namespaced
rbac.authorization.k8s.io/v1      RoleBinding               namespaced
rbac.authorization.k8s.io/v1      ClusterRole              -namespaced
rbac.authorization.k8s.io/v1      ClusterRoleBinding       -namespaced
authorization.k8s.io/v1           SelfSubjectAccessReview  -namespaced
apiextensions.k8s.io/v1           CustomResourceDefinition -namespaced status generation crd
admissionregistration.k8s.io/v1   ValidatingAdmissionPolicy -namespaced status generation
admissionregistration.k8s.io/v1   ValidatingAdmissionPolicyBinding -namespaced generation
eventing.knative.dev/v1           Broker                    namespaced status generation
eventing.knative.dev/v1           Trigger                   namespaced status generation
sources.knative.dev/v1            PingSource                namespaced status generation
sources.knative.dev/v1            SinkBinding               namespaced status generation
serving.knative.dev/v1            Service                   namespaced status generation ksvc
`;

/** The kinds that the sandbox serves without any CustomResourceDefinition. */
export function builtInKinds(): Kind[] {
  return SERVED.trim()
    .split("\n")
    .map((line) => {
      const [apiVersion = "", kind = "", scope, ...rest] = line.split(/\s+/);
      const [version = "", group = ""] = apiVersion.split("/").reverse();
      const singular = kind.toLowerCase();
      const plural = `${singular}s`.replace(/ys$/, "ies");
      const flags = new Set(rest);
      const shortNames = rest.filter((word) => !["status", "generation", "scale"].includes(word));
      return {
        resource: group === "" ? plural : `${plural}.${group}`,
        group,
        version,
        plural,
        singular,
        kind,
        namespaced: scope === "namespaced",
        status: flags.has("status"),
        scale: flags.has("scale"),
        builtIn: !group.endsWith("knative.dev"),
        generation: flags.has("generation"),
        shortNames,
        admit: admitBuiltIn,
      };
    });
}
