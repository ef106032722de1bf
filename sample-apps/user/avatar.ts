import { createHash } from "node:crypto";

const size = 128;
const cells = 8;

/** Draws a person's square pattern, mirrored like a face: 128 × 128 pixels of RGBA, 64 KiB. */
export function drawAvatar(name: string): Buffer {
  const digest = createHash("sha256").update(name).digest();
  const pixels = Buffer.alloc(size * size * 4, 255);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const column = Math.floor((x * cells) / size);
      const row = Math.floor((y * cells) / size);
      const byte = digest[row * 4 + Math.min(column, cells - 1 - column)] ?? 0;
      if (byte % 2 === 0) digest.copy(pixels, (y * size + x) * 4, 0, 3);
    }
  }
  return pixels;
}
