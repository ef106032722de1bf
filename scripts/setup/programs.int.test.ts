import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findMonitoringPrograms } from "./programs.mjs";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function aFolder(programs: string[], mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), "autoheal-programs-"));
  for (const name of programs) writeFileSync(join(folder, name), "", { mode });
  folders.push(folder);
  return folder;
}

test("Debian's name for Alertmanager is known", () => {
  const folder = aFolder(["prometheus", "promtool", "prometheus-alertmanager", "amtool"]);
  expect(findMonitoringPrograms([folder])).toEqual({
    prometheus: join(folder, "prometheus"),
    promtool: join(folder, "promtool"),
    alertmanager: join(folder, "prometheus-alertmanager"),
    amtool: join(folder, "amtool"),
  });
});

test("the first folder that has a program wins", () => {
  const first = aFolder(["prometheus"]);
  const second = aFolder(["prometheus", "promtool", "alertmanager", "amtool"]);
  const found = findMonitoringPrograms([first, second]);
  expect([found?.prometheus, found?.promtool]).toEqual([join(first, "prometheus"), join(second, "promtool")]);
});

test("one program short, or not to be run, is none at all", () => {
  expect(findMonitoringPrograms([aFolder(["prometheus", "promtool", "alertmanager"])])).toBeUndefined();
  expect(
    findMonitoringPrograms([aFolder(["prometheus", "promtool", "alertmanager", "amtool"], 0o644)]),
  ).toBeUndefined();
  expect(findMonitoringPrograms([])).toBeUndefined();
});
