"use strict";
// The first file of every function's process: loads the others, with what V8 made of them before where that is in `cache/`
// (warm.cjs). Node's own compile cache keeps a file as it was before it ran, without the functions in it, and a bundle is
// all functions. V8 itself refuses what another version or other flags have made, or of a text of another length.
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

const cache = join(__dirname, "cache");
const loaded = new Map();

/** Loads a file beside this one, once: a function of a CommonJS module's names. esbuild writes ASCII, so a character is a byte. */
function load(file) {
  const known = loaded.get(file);
  if (known) return known.module.exports;
  const filename = join(__dirname, file);
  const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: cachedOf(file) });
  const module = { exports: {} };
  loaded.set(file, { script, module });
  const resolve = (id) => (id.startsWith("./") ? load(id.slice(2)) : require(id));
  script.runInThisContext()(module.exports, resolve, module);
  return module.exports;
}

function cachedOf(file) {
  try {
    return readFileSync(join(cache, file));
  } catch {
    // Nothing was made: everything works, and takes longer.
    return undefined;
  }
}

if (process.env.AUTOHEAL_WARM === "true") {
  process.once("exit", () => {
    mkdirSync(cache, { recursive: true });
    for (const [file, { script }] of loaded) writeFileSync(join(cache, file), script.createCachedData());
  });
}
load("function.js");
