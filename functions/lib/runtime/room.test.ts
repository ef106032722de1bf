import { expect, test } from "vitest";
import { openRoom } from "./room.ts";

test("a room holds so many bytes, and gives back what was taken, once", () => {
  const room = openRoom(10);
  const leave = room.take(6);
  expect(room.take(4)).toBeDefined();
  expect(room.take(1)).toBeUndefined();
  leave?.();
  leave?.();
  expect(room.take(7)).toBeUndefined();
  expect(room.take(6)).toBeDefined();
});

test("one body fits always", () => {
  const room = openRoom(10);
  const leave = room.take(11);
  expect(leave).toBeDefined();
  expect(room.take(1)).toBeUndefined();
  leave?.();
  expect(room.take(1)).toBeDefined();
});
