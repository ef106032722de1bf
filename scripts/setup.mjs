// Installs what is missing: npm packages, and unless `packages` are all that is asked for, Prometheus and Alertmanager. Runs before
// the npm scripts that people begin with, on Node 20 and with nothing installed, so it is plain JavaScript and imports nothing but
// Node; when all is there it only looks. What it says goes to stderr: stdout is the script's own.
import { fileURLToPath } from "node:url";
import { installMonitoring } from "./setup/monitoring.mjs";
import { installPackages } from "./setup/npm-packages.mjs";

// By default a signal ends the process at once, and what it had begun to download would stay.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])
  process.once(signal, () => process.exit(code));

const say = (line) => console.error(`setup: ${line}`);
try {
  await installPackages(fileURLToPath(new URL("..", import.meta.url)), say);
  if (process.argv[2] !== "packages") await installMonitoring(say);
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
