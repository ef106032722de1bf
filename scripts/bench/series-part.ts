import { gunzipSync } from "node:zlib";
import { z } from "zod";

/** Row-major numbers; NaN where nothing was known. */
export interface Matrix {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** What can't be read; the message names the file, what it was and what is allowed. */
export class SeriesFolderError extends Error {
  override readonly name = "SeriesFolderError";
}

/** Reads a file of the folder whole, by its path there; throws when there is none. */
export type ReadFile = (path: string) => Uint8Array;

/** No part may leave the folder, whoever wrote its index. */
const inside = /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\0]+$/;

/** A shape that could exhaust memory is a mistake: the largest known set has a hundredth of this. */
const mostValues = 2 ** 28;

const size = z.int().min(1);
const fits = (shape: readonly number[]) => shape.reduce((product, count) => product * count, 1) <= mostValues;
const file = z.string().regex(inside, "is no path inside the folder");

/** A part with rows and columns, as the index names it. */
export const matrixPart = z.object({ file, shape: z.tuple([size, size]).refine(fits, "is too large") });
/** A part with a value for each row. */
export const columnPart = z.object({ file, shape: z.tuple([size]).refine(fits, "is too large") });

/** The numbers of a part. Throws SeriesFolderError when the file is not there, no gzip, or not as long as its shape says. */
export function readMatrix(read: ReadFile, part: { file: string; shape: readonly number[] }): Matrix {
  const [rows = 0, columns = 1] = part.shape;
  const length = rows * columns;
  const bytes = unpacked(read, part.file, 4 * length);
  if (bytes.byteLength !== 4 * length) {
    throw new SeriesFolderError(
      `${part.file} has ${bytes.byteLength} bytes; its shape [${part.shape}] has ${4 * length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i += 1) values[i] = view.getFloat32(4 * i, true);
  return { values, rows, columns };
}

/** The labels of a part: 1 where something was wrong, else 0. Throws SeriesFolderError at anything else. */
export function readLabels(read: ReadFile, part: { file: string; shape: readonly number[] }): Uint8Array {
  const { values } = readMatrix(read, part);
  const odd = values.findIndex((value) => value !== 0 && value !== 1);
  if (odd >= 0) throw new SeriesFolderError(`${part.file}: label ${odd} is ${values[odd]}; allowed: 0 and 1`);
  return Uint8Array.from(values);
}

function unpacked(read: ReadFile, path: string, expected: number): Uint8Array {
  const packed = contents(read, path);
  try {
    // What unpacks to more than was announced is not unpacked to the end.
    return gunzipSync(packed, { maxOutputLength: expected + 1 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    const why =
      code === "ERR_BUFFER_TOO_LARGE" ? `unpacks to more than the ${expected} bytes of its shape` : "is no gzip";
    throw new SeriesFolderError(`${path} ${why}`);
  }
}

/** A file's bytes. Throws SeriesFolderError when it can't be read. */
export function contents(read: ReadFile, path: string): Uint8Array {
  try {
    return read(path);
  } catch (error) {
    throw new SeriesFolderError(`${path} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}
