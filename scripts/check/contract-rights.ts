import type { FunctionContract, Right } from "@autoheal/lib/contract";
import type { Manifest } from "../../knative/read-manifests.ts";

type Where = Right["where"];

/** Where a function's ServiceAccount may more, or less, than its contract says that it needs. */
export function rightProblems(
  { name, kubernetes }: FunctionContract,
  { applied, enabled }: { applied: readonly Manifest[]; enabled: readonly Manifest[] },
): string[] {
  const needed = new Set(
    kubernetes.flatMap(({ verbs, resource, where }) => verbs.map((verb) => right(verb, resource, where))),
  );
  const binds = ({ subjects }: Manifest) =>
    subjects?.some((subject: Manifest) => subject.kind === "ServiceAccount" && subject.name === name);
  const granted = new Set(
    [
      ...applied
        .filter(({ kind }) => kind === "ClusterRoleBinding")
        .map((binding) => ({ binding, where: "cluster" as const })),
      ...applied.filter(({ kind }) => kind === "RoleBinding").map((binding) => ({ binding, where: "own" as const })),
      ...enabled
        .filter(({ kind }) => kind === "RoleBinding")
        .map((binding) => ({ binding, where: "enabled" as const })),
    ]
      .filter(({ binding }) => binds(binding))
      .flatMap(({ binding, where }) => rightsOf(binding.roleRef, where, applied)),
  );
  return [
    ...(applied.some(({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === name)
      ? []
      : ["it has no ServiceAccount"]),
    ...[...needed].filter((one) => !granted.has(one)).map((one) => `it may not ${one}`),
    ...[...granted].filter((one) => !needed.has(one)).map((one) => `it may ${one}, which its contract does not need`),
  ];
}

const places: Readonly<Record<Where, string>> = {
  cluster: "everywhere",
  enabled: "in enabled namespaces",
  own: "in AutoHeal's namespace",
};

const right = (verb: string, resource: string, where: Where) => `${verb} ${resource} ${places[where]}`;

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

function rightsOf(roleRef: { kind: string; name: string }, where: Where, manifests: readonly Manifest[]): string[] {
  const role = manifests.find(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name);
  if (!role) return [`have rights by ${roleRef.kind} ${roleRef.name}, which is not there`];
  return role.rules.flatMap(({ apiGroups, resources, verbs }: Rule) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => right(verb, named(resource, group), where))),
    ),
  );
}

/** `plural[.group][/subresource]`, as contracts write it. */
function named(resource: string, group: string): string {
  const [plural, subresource] = resource.split("/");
  return `${plural}${group ? `.${group}` : ""}${subresource ? `/${subresource}` : ""}`;
}
