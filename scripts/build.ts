/** Bundles each function into one CommonJS file with nothing outside it: `functions/<name>/build/index.cjs`. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { buildSampleApps } from "../sample-apps/build.ts";

const functions = join(import.meta.dirname, "..", "functions");

/** The functions that are deployed, each by itself. */
export const functionNames = ["receive", "diagnose", "restart", "scale", "rollback", "notify", "console"] as const;

/** Builds the named functions, in one run that reads what they share once; resolves when all are written. */
export async function buildFunctions(names: readonly string[] = functionNames): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => ({ in: join(functions, name, "index.ts"), out: join(name, "build", "index") })),
    outdir: functions,
    outExtension: { ".js": ".cjs" },
    write: false,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifySyntax: true,
    legalComments: "none",
    logLevel: "warning",
    // Text files (the console's page) are part of the bundle.
    loader: { ".html": "text", ".css": "text", ".svg": "text" },
  });
  await Promise.all(
    outputFiles.map(async ({ path, contents }) => {
      // Renamed when it is whole: tests that run at once start what others build.
      const unfinished = `${path}.${process.pid}-${randomUUID()}`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(unfinished, contents);
      await rename(unfinished, path);
    }),
  );
}

/** Builds all functions and sample apps. */
export async function buildAll(): Promise<void> {
  await Promise.all([buildFunctions(), buildSampleApps()]);
}

if (import.meta.main) await buildAll();
