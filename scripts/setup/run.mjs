import { spawn } from "node:child_process";

/** Runs a command to its end; rejects with the last of its output where it fails. `inherit` shows the output instead. */
export function run(command, args, { inherit = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: inherit ? "inherit" : ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new Error(`${command}: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(output);
      const last = output.trim().split("\n").slice(-3).join(" ").slice(-400);
      reject(new Error(`${command} ${args[0] ?? ""} failed (${code})${last && `: ${last}`}`));
    });
  });
}
