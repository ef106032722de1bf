import { build } from "esbuild";
import { expect, test } from "vitest";
import { latePlugin } from "./late.ts";

/** What a bundle loads late, of these importers in this order. */
async function loaded(...sources: string[]): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents: sources.map((path) => `require("${path}").it;`).join("\n") },
    write: false,
    bundle: true,
    platform: "node",
    plugins: [latePlugin],
  });
  return [...(outputFiles[0]?.text ?? "").matchAll(/loaded \?\?= require\("([^"]+)"\)/g)].flatMap(
    ([, path]) => path ?? [],
  );
}

test("a part of Node is loaded by one name, whoever asked first: the same sources are the same image", async () => {
  expect(await loaded("tls", "node:tls")).toEqual(["node:tls"]);
  expect(await loaded("node:tls", "tls")).toEqual(["node:tls"]);
});
