/** `npm run render`: everything that is applied to a cluster, in one file, for people who use GitOps. */
import { writeFileSync } from "node:fs";
import { asYaml, type Overlay, overlays, renderOverlay } from "./deploy/render.ts";
import { recordedImages } from "./images/index.ts";
import { readOptions } from "./options.ts";

const help = `npm run render -- [--overlay minikube|production] [--out <file>] [--help]

Writes install.yaml: all of an overlay of knative/overlays, with the images that \`npm run images\` made last. Needs kubectl
(for kustomize), and no cluster. Secrets are not in it: README.md says which there are.

  --overlay <name>   minikube (default), or production: Kafka, replicas, PodDisruptionBudgets, NetworkPolicies
  --out <file>       another file; - for stdout
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    overlay: { type: "string", default: "minikube" },
    out: { type: "string", default: "install.yaml" },
  },
});
const overlay = overlays.find((one) => one === values.overlay);
if (values.help) console.log(help);
else if (!overlay) {
  console.error(`--overlay is ${values.overlay}: expected ${overlays.join(" or ")}`);
  process.exitCode = 2;
} else {
  try {
    await render(overlay, values.out);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function render(overlay: Overlay, out: string): Promise<void> {
  const objects = await renderOverlay(overlay, recordedImages());
  if (out === "-") process.stdout.write(asYaml(objects));
  else {
    writeFileSync(out, asYaml(objects));
    console.error(`${out}: ${objects.length} objects; kubectl apply --server-side -f ${out}, twice where CRDs are new`);
  }
}
