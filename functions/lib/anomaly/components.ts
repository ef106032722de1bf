import { method } from "./method.ts";

/** The principal components of rows: what usually goes together, so that it can be taken away. */
export interface Components {
  /** Takes away from a row, in place, what the components explain. */
  takeAway(row: Float64Array): void;
}

/** The components of rows (row by row, `width` numbers each) that explain method.explained of their variance. */
export function componentsOf(rows: Float64Array, width: number): Components {
  const count = Math.max(rows.length / width, 1);
  const mean = new Float64Array(width);
  for (let at = 0; at < rows.length; at++) mean[at % width] = (mean[at % width] ?? 0) + (rows[at] ?? 0) / count;
  const { values, vectors } = eigen(covariance(rows, mean, width), width);
  const order = Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const kept: Float64Array[] = [];
  let explained = 0;
  for (const k of order) {
    if (explained >= method.explained * total) break;
    explained += values[k] ?? 0;
    kept.push(Float64Array.from({ length: width }, (_, i) => vectors[k * width + i] ?? 0));
  }
  return {
    takeAway(row) {
      for (let i = 0; i < width; i++) row[i] = (row[i] ?? 0) - (mean[i] ?? 0);
      for (const component of kept) {
        let share = 0;
        for (let i = 0; i < width; i++) share += (row[i] ?? 0) * (component[i] ?? 0);
        for (let i = 0; i < width; i++) row[i] = (row[i] ?? 0) - share * (component[i] ?? 0);
      }
    },
  };
}

function covariance(rows: Float64Array, mean: Float64Array, width: number): Float64Array {
  const matrix = new Float64Array(width * width);
  const row = new Float64Array(width);
  const count = Math.max(rows.length / width, 1);
  for (let from = 0; from < rows.length; from += width) {
    for (let i = 0; i < width; i++) row[i] = (rows[from + i] ?? 0) - (mean[i] ?? 0);
    for (let i = 0; i < width; i++) {
      const value = (row[i] ?? 0) / count;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) matrix[i * width + j] = (matrix[i * width + j] ?? 0) + value * (row[j] ?? 0);
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) matrix[j * width + i] = matrix[i * width + j] ?? 0;
  return matrix;
}

/** Rounds over all pairs at most; 6 to 10 are needed. */
const mostSweeps = 30;

/**
 * Eigenvalues and eigenvectors (row by row) of a symmetric matrix, which is used up, by Jacobi's rotations: only sums,
 * products and square roots, which every machine rounds alike.
 */
function eigen(matrix: Float64Array, width: number): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(width * width);
  for (let i = 0; i < width; i++) vectors[i * width + i] = 1;
  let total = 0;
  for (let i = 0; i < matrix.length; i++) total += (matrix[i] ?? 0) * (matrix[i] ?? 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < width; p++)
      for (let q = 0; q < p; q++) {
        const element = matrix[p * width + q] ?? 0;
        off += element * element;
      }
    if (off <= 1e-18 * total) break;
    for (let p = 0; p < width - 1; p++) for (let q = p + 1; q < width; q++) rotate(matrix, vectors, width, p, q);
  }
  return { values: Float64Array.from({ length: width }, (_, i) => matrix[i * width + i] ?? 0), vectors };
}

/** Makes the element of p and q zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, width: number, p: number, q: number): void {
  const element = matrix[p * width + q] ?? 0;
  const [atP, atQ] = [matrix[p * width + p] ?? 0, matrix[q * width + q] ?? 0];
  if (Math.abs(element) <= 1e-15 * Math.sqrt(Math.abs(atP * atQ))) return;
  const ratio = (atQ - atP) / (2 * element);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turnRows(matrix, width, p, q, cosine, sine);
  turnRows(vectors, width, p, q, cosine, sine);
  for (let k = 0; k < width; k++) {
    if (k === p || k === q) continue;
    matrix[k * width + p] = matrix[p * width + k] ?? 0;
    matrix[k * width + q] = matrix[q * width + k] ?? 0;
  }
  matrix[p * width + p] = atP - tangent * element;
  matrix[q * width + q] = atQ + tangent * element;
  matrix[p * width + q] = 0;
  matrix[q * width + p] = 0;
}

function turnRows(matrix: Float64Array, width: number, p: number, q: number, cosine: number, sine: number): void {
  for (let k = 0; k < width; k++) {
    const a = matrix[p * width + k] ?? 0;
    const b = matrix[q * width + k] ?? 0;
    matrix[p * width + k] = cosine * a - sine * b;
    matrix[q * width + k] = sine * a + cosine * b;
  }
}
