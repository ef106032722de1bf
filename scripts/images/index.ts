/** Images of the functions and the sample apps, named by what is in them: the same content is the same image. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { functionNames } from "../build.ts";
import { type Builder, findBuilder, type Recipe } from "./builder.ts";
import { isPushed } from "./registry.ts";

const repository = join(import.meta.dirname, "..", "..");
const recordFile = join(repository, ".cache", "images.json");

/** How images are made. */
export interface ImageOptions {
  /** What comes before each name: a registry, with a path where it wants one (`localhost:5000/autoheal`, `docker.io/me`). */
  registry: string;
  /** The base image, with Node 24 in it; the Dockerfiles' own when not said. */
  base?: string;
  /** False leaves the images where they were built, as for minikube's own Docker. */
  push: boolean;
  say: (line: string) => void;
}

/** The full names of images by their short ones: `restart`, `user:1.0.0`. */
export type Images = Readonly<Record<string, string>>;

/** Makes the functions' images; resolves to their names. They have to be built (`npm run build`). */
export function functionImages(options: ImageOptions): Promise<Images> {
  return make(
    functionNames.map((name) => functionImage(name, options)),
    options,
  );
}

/** Makes the sample apps' images, each version one; resolves to their names. */
export function sampleAppImages(options: ImageOptions): Promise<Images> {
  const apps = readdirSync(join(repository, "sample-apps")).filter((app) =>
    existsSync(join(repository, "sample-apps", app, "Dockerfile")),
  );
  return make(
    apps.flatMap((app) => appImages(app, options)),
    options,
  );
}

/** The images that were made last from this folder, for those that deploy what it has. */
export function recordedImages(): Images {
  return existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, "utf8")) : {};
}

type Named = Recipe & { short: string };

function functionImage(name: string, { registry, base }: ImageOptions): Named {
  const folder = join(repository, "functions", name);
  const dockerfile = join(repository, "functions", "Dockerfile");
  const build = readdirSync(join(folder, "build"), { withFileTypes: true }).filter((entry) => entry.isFile());
  const files = build.flatMap(({ name: file }) => [file, readFileSync(join(folder, "build", file))]);
  const content = digest(base, readFileSync(dockerfile), ...files);
  return {
    short: name,
    tag: `${registry}/${name}:${content}`,
    dockerfile,
    folder,
    arguments: base ? { BASE: base } : {},
  };
}

function appImages(app: string, { registry, base }: ImageOptions): Named[] {
  const folder = join(repository, "sample-apps", app);
  const dockerfile = join(folder, "Dockerfile");
  return readdirSync(join(folder, "versions")).map((file) => {
    const version = basename(file, ".ts");
    const content = digest(base, readFileSync(dockerfile), readFileSync(join(folder, "build", `${version}.cjs`)));
    return {
      short: `${app}:${version}`,
      tag: `${registry}/${app}:${version}-${content}`,
      dockerfile,
      folder,
      arguments: { VERSION: version, ...(base ? { BASE: base } : {}) },
    };
  });
}

async function make(images: readonly Named[], { push, say }: ImageOptions): Promise<Images> {
  let builder: Builder | undefined;
  for (const { short, ...recipe } of images) {
    if (push && (await isPushed(recipe.tag))) {
      say(`${short}: ${recipe.tag} is there`);
      continue;
    }
    builder ??= await findBuilder();
    await builder.build(recipe);
    if (push) await builder.push(recipe.tag);
    say(`${short}: ${recipe.tag} ${push ? "built and pushed" : "built"} by ${builder.name}`);
  }
  const made = Object.fromEntries(images.map(({ short, tag }) => [short, tag]));
  mkdirSync(join(repository, ".cache"), { recursive: true });
  writeFileSync(recordFile, `${JSON.stringify({ ...recordedImages(), ...made }, null, 2)}\n`);
  return made;
}

/** What names an image: the first 12 digits of the SHA-256 of everything it is made of. */
function digest(...parts: readonly (string | Buffer | undefined)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part ?? "").update("\0");
  return hash.digest("hex").slice(0, 12);
}
