import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * Installs the npm packages of `root` where node_modules is missing or was installed from another package-lock.json.
 * Not by `npm ci`: the lock file names platform packages that are not on every registry, which `npm ci` takes as an error.
 */
export async function installPackages(root, say) {
  const stampFile = join(root, "node_modules", ".autoheal-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === lock) return;
  say("installing npm packages, the first time this takes a minute …");
  const began = Date.now();
  // npm tells its scripts where it is itself: the same npm is used, also where `npm` is not on PATH.
  const npm = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const options = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  await run(npm[0], [...npm.slice(1), "install", ...options], { cwd: root, inherit: true });
  writeFileSync(stampFile, lock);
  say(`npm packages installed in ${Math.round((Date.now() - began) / 1000)} s`);
}
