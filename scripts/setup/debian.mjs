import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passing } from "./passing-folder.mjs";
import { run } from "./run.mjs";

/**
 * Puts Debian's (or Ubuntu's) Prometheus and Alertmanager into `folder`, without root and without installing them; throws
 * where that can't be done.
 */
export async function fetchDebianPackages(folder) {
  const work = passing(mkdtempSync(join(tmpdir(), "autoheal-apt-")));
  // apt's own user, which downloads when root asks, has to get in.
  chmodSync(work, 0o755);
  try {
    const download = (options) =>
      run("apt-get", [...options, "download", "prometheus", "prometheus-alertmanager"], { cwd: work });
    await download([]).catch(async () => {
      const options = await privateLists(join(work, "apt"));
      await download(options);
    });
    const unpacked = join(work, "unpacked");
    for (const name of readdirSync(work)) {
      if (name.endsWith(".deb")) await run("dpkg", ["-x", join(work, name), unpacked]);
    }
    for (const name of ["prometheus", "promtool", "amtool"]) await place(join(unpacked, "usr/bin", name), folder);
    await placeAlertmanager(unpacked, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Package lists of our own, for a machine that has none or old ones, and where we may not write the system's. */
async function privateLists(folder) {
  mkdirSync(join(folder, "lists/partial"), { recursive: true });
  mkdirSync(join(folder, "cache/archives/partial"), { recursive: true });
  const options = ["-o", `Dir::State::lists=${join(folder, "lists")}`, "-o", `Dir::Cache=${join(folder, "cache")}`];
  await run("apt-get", [...options, "update"], { cwd: folder });
  return options;
}

async function place(file, folder) {
  const missing = (await run("ldd", [file])).match(/\S+(?= => not found)/g);
  if (missing !== null) throw new Error(`${file} needs ${missing.join(", ")}`);
  copyFileSync(file, join(folder, file.slice(file.lastIndexOf("/") + 1)));
}

const templates = "/usr/share/prometheus/alertmanager";

/**
 * Debian's Alertmanager reads its two default templates from under /usr/share, where only root can put them. So our copy has
 * that path replaced by the current folder, in as many bytes, and a script starts it in the folder where the templates are.
 */
async function placeAlertmanager(unpacked, folder) {
  const home = join(folder, "debian-alertmanager");
  mkdirSync(home, { recursive: true });
  await place(join(unpacked, "usr/bin/prometheus-alertmanager"), home);
  for (const name of ["default.tmpl", "email.tmpl"]) copyFileSync(join(unpacked, templates, name), join(home, name));
  const file = join(home, "prometheus-alertmanager");
  const program = readFileSync(file);
  const here = `.${"/.".repeat(templates.length)}`.slice(0, templates.length);
  for (let at = program.indexOf(templates); at !== -1; at = program.indexOf(templates, at + 1)) program.write(here, at);
  writeFileSync(file, program);
  const script = '#!/bin/sh\ncd "$(dirname "$0")/debian-alertmanager" && exec ./prometheus-alertmanager "$@"\n';
  writeFileSync(join(folder, "alertmanager"), script, { mode: 0o755 });
}
