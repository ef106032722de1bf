import { expect, test } from "vitest";
import { Connection } from "../connection.ts";
import { Faults } from "./faults.ts";

const noFaults = () => new Faults(new Connection(), () => {});

test("nothing is wrong without faults", () => {
  expect(noFaults().next()).toEqual({ delayMilliseconds: 0, failWith: undefined });
});

test.each([
  [1, 9, 9],
  [1 / 3, 9, 3],
  [0.05, 100, 5],
  [0, 50, 0],
])("errors with ratio %d: of %d requests exactly %d fail", (ratio, requests, failures) => {
  const faults = noFaults();
  faults.begin({ fault: "errors", ratio, code: 503 });
  const failed = Array.from({ length: requests }, () => faults.next().failWith).filter((code) => code === 503);
  expect(failed).toHaveLength(failures);
});

test("a second fault of a kind replaces the first, others stay, clear ends all", () => {
  const faults = noFaults();
  faults.begin({ fault: "slow", milliseconds: 10 });
  faults.begin({ fault: "unready" });
  faults.begin({ fault: "slow", milliseconds: 20 });
  expect(faults.active).toEqual([{ fault: "slow", milliseconds: 20 }, { fault: "unready" }]);
  expect(faults.next().delayMilliseconds).toBe(20);
  faults.clear();
  expect(faults.active).toEqual([]);
  expect(faults.isReady).toBe(true);
});

test("stale kills the held connection and clear brings it back", async () => {
  const connection = new Connection();
  const faults = new Faults(connection, () => {});
  faults.begin({ fault: "stale" });
  await expect(connection.roundTrip(5)).rejects.toThrow("no answer on the held connection within 5 ms");
  faults.clear();
  await connection.roundTrip(5);
});
