/** Bundles each function into one CommonJS file with nothing outside it: `functions/<name>/build/index.cjs`. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { build } from "esbuild";
import { buildSampleApps } from "../sample-apps/build.ts";

const root = new URL("..", import.meta.url).pathname;

/** The functions that are deployed, each by itself. */
export const functionNames = ["receive", "diagnose", "restart", "scale", "rollback", "notify", "console"] as const;

/** Builds the named functions; resolves when all are written. */
export async function buildFunctions(names: readonly string[] = functionNames): Promise<void> {
  await Promise.all(
    names
      .filter((name) => existsSync(`${root}functions/${name}/index.ts`))
      .map(async (name) => {
        const outfile = `${root}functions/${name}/build/index.cjs`;
        // Renamed when it is whole: tests that run at once start what others build.
        const unfinished = `${outfile}.${process.pid}-${randomUUID()}`;
        await build({
          entryPoints: [`${root}functions/${name}/index.ts`],
          outfile: unfinished,
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
        await rename(unfinished, outfile);
      }),
  );
}

/** Builds all functions and sample apps. */
export async function buildAll(): Promise<void> {
  await Promise.all([buildFunctions(), buildSampleApps()]);
}

if (import.meta.main) await buildAll();
