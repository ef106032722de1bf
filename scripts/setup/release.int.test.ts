import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchReleases } from "./release.mjs";

let work: string;
let target: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "autoheal-release-test-"));
  target = join(work, "target");
  mkdirSync(target);
});
afterEach(() => rmSync(work, { recursive: true }));

const programs: Record<string, string[]> = {
  prometheus: ["prometheus", "promtool"],
  alertmanager: ["alertmanager", "amtool"],
};

/** A place of releases where each archive holds its programs, and sha256sums.txt says what `sum` makes of the truth. */
function releases(sum: (truth: string) => string) {
  const asked: string[] = [];
  const archive = (name: string): Buffer => {
    const folder = basename(name, ".tar.gz");
    mkdirSync(join(work, folder), { recursive: true });
    for (const program of programs[folder.split("-")[0] ?? ""] ?? [])
      writeFileSync(join(work, folder, program), program);
    return execFileSync("tar", ["-czf", "-", "-C", work, folder]);
  };
  const archives = new Map<string, Buffer>();
  const once = (name: string): Buffer => {
    const bytes = archives.get(name) ?? archive(name);
    archives.set(name, bytes);
    return bytes;
  };
  const get = async (url: string): Promise<Buffer> => {
    asked.push(url);
    if (!url.endsWith("/sha256sums.txt")) return once(basename(url));
    const [, name, version] = url.match(/prometheus\/(\w+)\/releases\/download\/v([\d.]+)\//) ?? [];
    const file = `${name}-${version}.linux-arm64.tar.gz`;
    const truth = createHash("sha256").update(once(file)).digest("hex");
    return Buffer.from(`${"0".repeat(64)}  other.tar.gz\n${sum(truth)}  ${file}\n`);
  };
  return { get, asked };
}

test("the programs of both releases are taken out of their archives", async () => {
  const { get, asked } = releases((truth) => truth);
  await fetchReleases(target, { get, platform: "linux", arch: "arm64" });
  expect(readdirSync(target).sort()).toEqual(["alertmanager", "amtool", "prometheus", "promtool"]);
  expect(readFileSync(join(target, "amtool"), "utf8")).toBe("amtool");
  expect(asked.every((url) => url.startsWith("https://"))).toBe(true);
});

test("an archive that isn't what its release says is not unpacked", async () => {
  const { get } = releases((truth) => truth.replace(/^./, (digit) => (digit === "0" ? "1" : "0")));
  await expect(fetchReleases(target, { get, platform: "linux", arch: "arm64" })).rejects.toThrow(
    /has sha256 .*, but its release says/,
  );
  expect(readdirSync(target)).toEqual([]);
});

test.each([
  ["win32", "x64"],
  ["linux", "riscv64"],
])("%s %s has no release", async (platform, arch) => {
  await expect(fetchReleases(target, { platform, arch })).rejects.toThrow(
    `no release is known for ${platform} ${arch}`,
  );
});
