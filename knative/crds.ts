/** Writes knative/base/crds/ from the schemas that the TypeScript types come from; `--check` says where they differ. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { incidentSpec, incidentStatus } from "@autoheal/lib/incident";
import { healingLedgerSpec, healingLedgerStatus } from "@autoheal/lib/ledger";
import { healingPolicySpec } from "@autoheal/lib/policy";
import { stringify } from "yaml";
import * as z from "zod/mini";
import { readOptions } from "../scripts/options.ts";
import { type JsonSchema, structural } from "./structural-schema.ts";

const help = `npm run crds -- [--check] [--help]

Writes knative/base/crds/ from the schemas in functions/lib that the TypeScript types come from.

  --check   writes nothing; what differs is said on stderr

Exit code: 0 when all is written or as it should be, 1 when not.
`;

interface Column {
  name: string;
  type: "string" | "date" | "integer";
  jsonPath: string;
  priority?: number;
}

interface Crd {
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  scope: "Namespaced" | "Cluster";
  description: string;
  spec: z.ZodMiniType;
  status?: z.ZodMiniType;
  specRules?: Rule[];
  statusRules?: Rule[];
  columns: Column[];
}

interface Rule {
  rule: string;
  message: string;
}

const crds: Crd[] = [
  {
    kind: "Incident",
    plural: "incidents",
    singular: "incident",
    shortNames: ["inc"],
    scope: "Namespaced",
    description: "Alerts on one workload that are one trouble, from the first alert to proven recovery.",
    spec: incidentSpec,
    status: incidentStatus,
    specRules: [{ rule: "self == oldSelf", message: "an incident's spec never changes" }],
    statusRules: [
      {
        rule: "self.phase != 'Closed' || (has(self.closedAt) && has(self.outcome))",
        message: "a closed incident says when and how it ended",
      },
      {
        rule: "oldSelf.phase != 'Closed' || self.phase == 'Closed'",
        message: "a closed incident stays closed: a new trouble is a new incident",
      },
    ],
    columns: [
      { name: "Workload", type: "string", jsonPath: ".spec.subject" },
      { name: "Phase", type: "string", jsonPath: ".status.phase" },
      { name: "Cause", type: "string", jsonPath: ".status.diagnosis.cause" },
      { name: "Hold", type: "string", jsonPath: ".status.hold.reason" },
      { name: "Outcome", type: "string", jsonPath: ".status.outcome" },
      { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
      { name: "Due", type: "string", jsonPath: ".status.dueAt", priority: 1 },
    ],
  },
  {
    kind: "HealingPolicy",
    plural: "healingpolicies",
    singular: "healingpolicy",
    shortNames: ["hp"],
    scope: "Namespaced",
    description: "What may be done to which workload, in which mode, within which limits.",
    spec: healingPolicySpec,
    specRules: [
      {
        rule: "!has(self.selector) || size(self.selector.matchLabels) > 0",
        message: "an empty selector is never everything: leave selector out to mean all workloads",
      },
      {
        rule: "!has(self.alerts) || size(self.alerts.matchLabels) > 0",
        message: "an empty matcher is never everything: leave alerts out to mean all alerts",
      },
    ],
    columns: [
      { name: "Mode", type: "string", jsonPath: ".spec.mode" },
      { name: "Remedies", type: "string", jsonPath: ".spec.remedies" },
      { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    ],
  },
  {
    kind: "HealingLedger",
    plural: "healingledgers",
    singular: "healingledger",
    shortNames: ["hl"],
    scope: "Cluster",
    description: "Budget tokens and pauses: what limits survive restarts in.",
    spec: healingLedgerSpec,
    status: healingLedgerStatus,
    specRules: [
      {
        rule: "!has(self.pauses) || self.pauses.all(p, p.scope == 'Cluster' ? !has(p.target) : has(p.target))",
        message: "a pause of a namespace or a workload names its target, a pause of the cluster names none",
      },
    ],
    columns: [{ name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }],
  },
];

function manifestOf(crd: Crd): unknown {
  const rules = (schema: z.ZodMiniType, more: Rule[] = []): JsonSchema => ({
    ...structural(z.toJSONSchema(schema, { target: "draft-7", io: "input" }) as JsonSchema), // reason: the SDK types it wider
    ...(more.length > 0 ? { "x-kubernetes-validations": more } : {}),
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${crd.plural}.autoheal.dev`, labels: { "app.kubernetes.io/part-of": "autoheal" } },
    spec: {
      group: "autoheal.dev",
      names: {
        kind: crd.kind,
        listKind: `${crd.kind}List`,
        plural: crd.plural,
        singular: crd.singular,
        shortNames: crd.shortNames,
      },
      scope: crd.scope,
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          ...(crd.status ? { subresources: { status: {} } } : {}),
          additionalPrinterColumns: crd.columns,
          schema: {
            openAPIV3Schema: {
              type: "object",
              description: crd.description,
              required: crd.kind === "HealingLedger" ? [] : ["spec"],
              properties: {
                apiVersion: { type: "string" },
                kind: { type: "string" },
                metadata: { type: "object" },
                spec: rules(crd.spec, crd.specRules),
                ...(crd.status ? { status: rules(crd.status, crd.statusRules) } : {}),
              },
            },
          },
        },
      ],
    },
  };
}

function main(): void {
  const { values } = readOptions({ options: { help: { type: "boolean", short: "h" }, check: { type: "boolean" } } });
  if (values.help) console.log(help);
  else for (const crd of crds) write(crd, values.check ?? false);
}

function write(crd: Crd, check: boolean): void {
  const file = new URL(`base/crds/${crd.plural}.yaml`, import.meta.url);
  const text = `# Generated by \`npm run crds\` from functions/lib; do not edit.\n${stringify(manifestOf(crd), { aliasDuplicateObjects: false, version: "1.1" })}`;
  if (!check) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(
      `knative/base/crds/${crd.plural}.yaml differs from its schema in functions/lib: run \`npm run crds\``,
    );
    process.exitCode = 1;
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
