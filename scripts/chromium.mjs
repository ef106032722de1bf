// Finds Chromium for the page's test, and on Debian as root installs it. Run by itself it prints where it is.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram, pathFolders } from "./setup/programs.mjs";
import { run } from "./setup/run.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macChrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The path of a Chromium or Chrome: CHROME_PATH's, else PATH's, else macOS' own; undefined where there is none. */
export function findChromium({ environment = process.env, folders = pathFolders(environment.PATH) } = {}) {
  if (environment.CHROME_PATH) {
    if (existsSync(environment.CHROME_PATH)) return environment.CHROME_PATH;
    throw new Error(`CHROME_PATH is ${environment.CHROME_PATH}, where there is no file`);
  }
  return findProgram(names, folders) ?? (existsSync(macChrome) ? macChrome : undefined);
}

/** As findChromium, but installs Debian's package where it may; throws, saying what to do, where it may not. */
export async function needChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || findProgram(["apt-get"], pathFolders()) === undefined) {
    throw new Error(
      "no Chromium: install chromium or Google Chrome, or set CHROME_PATH (as root on Debian it is installed for you)",
    );
  }
  console.error("installing chromium …");
  const install = () =>
    run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  await install().catch(async () => {
    await run("apt-get", ["update"]);
    await install();
  });
  const installed = findChromium();
  if (installed === undefined) throw new Error("no Chromium, although apt-get has installed it");
  return installed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await needChromium());
