import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passing } from "./passing-folder.mjs";
import { run } from "./run.mjs";

const releases = [
  { name: "prometheus", version: "3.5.0", programs: ["prometheus", "promtool"] },
  { name: "alertmanager", version: "0.28.1", programs: ["alertmanager", "amtool"] },
];
const architectures = { x64: "amd64", arm64: "arm64" };

/**
 * Puts the official releases of Prometheus and Alertmanager into `folder`, each checked against its release's sha256sums.txt.
 * For Linux and macOS, amd64 and arm64. Untried: the machines this was written on reach no releases.
 */
export async function fetchReleases(folder, { get = download, platform = process.platform, arch = process.arch } = {}) {
  if (!["linux", "darwin"].includes(platform) || !(arch in architectures)) {
    throw new Error(`no release is known for ${platform} ${arch}`);
  }
  const work = passing(mkdtempSync(join(tmpdir(), "autoheal-release-")));
  try {
    for (const { name, version, programs } of releases) {
      const unpacked = `${name}-${version}.${platform}-${architectures[arch]}`;
      const archive = `${unpacked}.tar.gz`;
      const base = `https://github.com/prometheus/${name}/releases/download/v${version}`;
      const [bytes, sums] = await Promise.all([get(`${base}/${archive}`), get(`${base}/sha256sums.txt`)]);
      checkSum(archive, bytes, sums.toString());
      writeFileSync(join(work, archive), bytes);
      await run("tar", ["-xzf", archive], { cwd: work });
      for (const program of programs) {
        copyFileSync(join(work, unpacked, program), join(folder, program));
        chmodSync(join(folder, program), 0o755);
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function checkSum(archive, bytes, sums) {
  const expected = sums
    .split("\n")
    .find((line) => line.endsWith(` ${archive}`))
    ?.split(" ")[0];
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (expected !== actual)
    throw new Error(`${archive} has sha256 ${actual}, but its release says ${expected ?? "nothing"}`);
}

async function download(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((error) => {
    throw new Error(`${url}: ${error.cause?.code ?? error.message}`);
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
