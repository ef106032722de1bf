import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const apps = ["auth", "user", "api", "traffic", "mailbox"] as const;

/** Bundles each `<app>/versions/<version>.ts` into the one file `<app>/build/<version>.cjs`; returns their paths. */
export async function buildSampleApps(): Promise<string[]> {
  const bundles = await Promise.all(
    apps.map(async (app) => {
      const versions = (await readdir(join(here, app, "versions"))).filter((file) => file.endsWith(".ts"));
      return Promise.all(versions.map((file) => bundle(app, basename(file, ".ts"))));
    }),
  );
  return bundles.flat();
}

async function bundle(app: string, version: string): Promise<string> {
  const outfile = join(here, app, "build", `${version}.cjs`);
  const { outputFiles } = await build({
    entryPoints: [join(here, app, "versions", `${version}.ts`)],
    outfile,
    write: false,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // Less to parse at start; names are kept for stack traces.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await mkdir(dirname(outfile), { recursive: true });
  // Renamed into place: a process that starts meanwhile reads the old bundle or the new one, never half of one.
  const draft = `${outfile}.${process.pid}`;
  for (const { contents } of outputFiles) await writeFile(draft, contents);
  await rename(draft, outfile);
  return outfile;
}

if (import.meta.main) {
  for (const file of await buildSampleApps()) console.log(file);
}
