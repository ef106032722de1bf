import { rmSync } from "node:fs";

/** Promises that a folder goes with this process, if nothing took it away before: Ctrl-C in the middle of a download included. */
export function passing(folder) {
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
