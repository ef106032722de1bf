import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { type KubernetesObject, runProgram } from "../cluster/kubectl.ts";
import type { Images } from "../images/index.ts";

/** The overlays of knative/overlays. */
export const overlays = ["minikube", "production"] as const;
export type Overlay = (typeof overlays)[number];

/** Everything that an overlay applies, in kustomize's order, its functions with these images. */
export async function renderOverlay(overlay: Overlay, images: Images): Promise<KubernetesObject[]> {
  const folder = join(import.meta.dirname, "..", "..", "knative", "overlays", overlay);
  const documents = parseAllDocuments(await runProgram("kubectl", ["kustomize", folder]));
  return documents.map((document) => withImage(document.toJS() as KubernetesObject, images)); // reason: kustomize's own output
}

function withImage(object: KubernetesObject, images: Images): KubernetesObject {
  if (!isFunction(object)) return object;
  const [container] = object.spec.template.spec.containers;
  const image = images[object.metadata.name];
  if (image === undefined)
    throw new Error(`there is no image of ${object.metadata.name}: run \`npm run images\` first`);
  container.image = image;
  return object;
}

/** True for a function as a Knative Service. */
export function isFunction({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Service" && apiVersion.startsWith("serving.knative.dev/");
}

/** The objects as one YAML file. */
export function asYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => stringify(object, { version: "1.1", aliasDuplicateObjects: false })).join("---\n");
}
