/**
 * Bundles each function into CommonJS files with nothing outside them, in `functions/<name>/build`: `index.cjs` is started and loads
 * the others: `function.js` is ours, the rest is loaded late. `warm.cjs` is for making an image.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { buildSampleApps } from "../sample-apps/build.ts";
import { lateName, latePackages, latePlugin } from "./bundle/late.ts";
import { readOptions } from "./options.ts";

const help = `npm run build -- [--help]

Bundles each function into functions/<name>/build/, with nothing outside it, and the sample apps.
Exit code: 0 when all is written, 1 when not.
`;

const functions = join(import.meta.dirname, "..", "functions");

/** The functions that are deployed, each by itself. */
export const functionNames = [
  "receive",
  "diagnose",
  "restart",
  "scale",
  "rollback",
  "notify",
  "anomaly-score",
  "console",
] as const;

/** Builds the named functions, in one run that reads what they share once; resolves when all are written. */
export async function buildFunctions(names: readonly string[] = functionNames): Promise<void> {
  const { outputFiles, metafile } = await build({
    entryPoints: [
      ...names.map((name) => ({ in: join(functions, name, "index.ts"), out: name })),
      { in: join(import.meta.dirname, "bundle", "warm.ts"), out: "warm" },
      ...latePackages.map((name) => ({ in: name, out: lateName(name) })),
    ],
    // From here packages are found as the library finds them.
    absWorkingDir: join(functions, "lib"),
    outdir: ".",
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
    // Text files (the console's page) are part of the bundle.
    loader: { ".html": "text", ".css": "text", ".svg": "text" },
    plugins: [latePlugin],
  });
  const contentsOf = new Map(outputFiles.map(({ path, contents }) => [`./${basename(path)}`, contents]));
  /** A file's late packages, and theirs. */
  const besides = (file: string, found = new Set<string>()): Set<string> => {
    for (const { path } of metafile.outputs[basename(file)]?.imports ?? []) {
      if (!contentsOf.has(path) || found.has(path)) continue;
      besides(path, found.add(path));
    }
    return found;
  };
  // What V8 made of an earlier build is not for this one.
  await Promise.all(names.map((name) => rm(join(functions, name, "build", "cache"), { recursive: true, force: true })));
  const first = await readFile(join(import.meta.dirname, "bundle", "index.cjs"));
  await Promise.all(
    names.flatMap((name) => {
      const folder = join(functions, name, "build");
      return [
        write(join(folder, "index.cjs"), first),
        write(join(folder, "function.js"), wrapped(contentsOf.get(`./${name}.js`))),
        write(join(folder, "warm.cjs"), contentsOf.get("./warm.js")),
        ...[...besides(`${name}.js`)].map((file) => write(join(folder, file), wrapped(contentsOf.get(file)))),
      ];
    }),
  );
}

/** As index.cjs runs a file, which it reads a byte a character: what is not ASCII, esbuild escapes. */
function wrapped(contents: Uint8Array | undefined): Buffer | undefined {
  if (contents?.some((byte) => byte > 0x7f)) throw new Error("a bundle is not plain ASCII");
  return (
    contents && Buffer.concat([Buffer.from("(function (exports, require, module) {"), contents, Buffer.from("})\n")])
  );
}

/** Renamed when it is whole: tests that run at once start what others build. */
async function write(path: string, contents: Uint8Array | undefined): Promise<void> {
  if (!contents) throw new Error(`esbuild did not write ${path}`);
  const unfinished = `${path}.${process.pid}-${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

/** Builds all functions and sample apps. */
export async function buildAll(): Promise<void> {
  await Promise.all([buildFunctions(), buildSampleApps()]);
}

if (import.meta.main) {
  const { values } = readOptions({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) console.log(help);
  else {
    try {
      await buildAll();
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
