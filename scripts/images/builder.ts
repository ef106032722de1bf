import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program that builds images from a Dockerfile. */
export interface Builder {
  name: string;
  /** Builds the image of a folder; `base` replaces the Dockerfile's own base image. */
  build(image: Recipe): Promise<void>;
  push(tag: string): Promise<void>;
}

/** What an image is made of. */
export interface Recipe {
  tag: string;
  dockerfile: string;
  folder: string;
  arguments: Readonly<Record<string, string>>;
}

/** The first of docker, podman and buildah that works here; a docker without its engine does not. */
export async function findBuilder(): Promise<Builder> {
  const candidates: [string, readonly string[]][] = [
    ["docker", ["version", "--format", "{{.Server.Version}}"]],
    ["podman", ["version"]],
    ["buildah", ["version"]],
  ];
  for (const [name, probe] of candidates) {
    if (await works(name, probe)) return builderOf(name);
  }
  throw new Error("no docker (with its engine), podman or buildah works here: one of them builds the images");
}

async function works(program: string, parameters: readonly string[]): Promise<boolean> {
  try {
    await run(program, parameters);
    return true;
  } catch {
    return false; // reason: not here, or not usable, which is the question
  }
}

function builderOf(name: string): Builder {
  const ask = async (...parameters: string[]) => {
    try {
      await run(name, parameters, { maxBuffer: 2 ** 26 });
    } catch (error) {
      const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string }; // reason: execFile's own error
      throw new Error(
        `${name} ${parameters[0]}: ${(stderr || stdout || String(error)).trim().split("\n").slice(-5).join("\n")}`,
      );
    }
  };
  return {
    name,
    build: async ({ tag, dockerfile, folder, arguments: values }) => {
      const given = Object.entries(values).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
      await ask("build", ...insecure(name, values.BASE ?? ""), ...given, "--file", dockerfile, "--tag", tag, folder);
    },
    push: (tag) => ask("push", ...insecure(name, tag), tag),
  };
}

/** A registry on this machine speaks plain HTTP; docker knows that by itself. */
function insecure(builder: string, image: string): string[] {
  return builder !== "docker" && isLocal(image) ? ["--tls-verify=false"] : [];
}

/** True for an image of a registry on this machine. */
export function isLocal(image: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?\//.test(image);
}
