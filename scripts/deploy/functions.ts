import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apply, get, type KubernetesObject, runProgram } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

const functions = join(import.meta.dirname, "..", "..", "functions");

/** What `func` last deployed: the function's image and its func.yaml. */
const deployedAnnotation = "autoheal.dev/deployed";

/** How functions get to the cluster. */
export type Way =
  /** `func deploy`, which builds them with its own builder and pushes them to a registry. */
  | { by: "func"; registry: string }
  /** `func deploy` of images that are there. */
  | { by: "func-images" }
  /** The Knative Services as they are rendered. */
  | { by: "services" };

/**
 * Deploys functions, given as Knative Services with their images. `func` runs only where image or func.yaml changed, and the
 * rendered Service is applied over what it made: concurrency, window and a read-only file system are nothing it can set.
 */
export async function deployFunctions(
  services: readonly KubernetesObject[],
  way: Way,
  say: (line: string) => void,
): Promise<void> {
  for (const service of services) {
    const { name } = service.metadata;
    const deployed = way.by === "services" ? service : await byFunc(service, way, say);
    const [line = ""] = await apply([deployed]);
    say(`${name}: ${line.split(" ").at(-1)}`);
  }
}

async function byFunc(
  service: KubernetesObject,
  way: Exclude<Way, { by: "services" }>,
  say: (line: string) => void,
): Promise<KubernetesObject> {
  const { name } = service.metadata;
  const [container] = service.spec.template.spec.containers;
  const there = await get("services.serving.knative.dev", name, `--namespace=${ownNamespace}`);
  const content = contentOf(name, way.by === "func" ? way.registry : container.image);
  let { image } = container;
  if (there?.metadata.annotations?.[deployedAnnotation] === content) {
    image = way.by === "func" ? there.spec.template.spec.containers[0].image : image;
  } else {
    say(`${name}: func deploy …`);
    await runFunc(name, way, image);
    if (way.by === "func") {
      const made = await get("services.serving.knative.dev", name, `--namespace=${ownNamespace}`);
      image = made?.spec.template.spec.containers[0].image;
    }
  }
  const annotations = { ...service.metadata.annotations, [deployedAnnotation]: content };
  const template = structuredClone(service.spec.template);
  template.spec.containers[0].image = image;
  return { ...service, metadata: { ...service.metadata, annotations }, spec: { ...service.spec, template } };
}

/** `func` writes into the folder that it deploys, so it gets a copy. */
async function runFunc(name: string, way: Exclude<Way, { by: "services" }>, image: string): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), `autoheal-${name}-`));
  try {
    for (const part of ["func.yaml", "package.json", "build"])
      cpSync(join(functions, name, part), join(copy, part), { recursive: true });
    const source =
      way.by === "func" ? ["--registry", way.registry] : ["--build=false", "--push=false", "--image", image];
    await runProgram("func", ["deploy", "--path", copy, "--namespace", ownNamespace, ...source]);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What func would deploy: the image, and where func builds it itself, what it is built from. */
function contentOf(name: string, image: string): string {
  const folder = join(functions, name);
  const hash = createHash("sha256")
    .update(image)
    .update(readFileSync(join(folder, "func.yaml")));
  const built = readdirSync(join(folder, "build"), { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name: file } of built) hash.update(file).update(readFileSync(join(folder, "build", file)));
  return hash.digest("hex").slice(0, 12);
}
