/** Row-major table: `columns` values for each row, NaN where a value is missing. */
export interface Table {
  readonly values: Float64Array;
  readonly columns: number;
}

/** The most columns that a forest can tell apart. */
export const mostColumns = 0xffff - 1;

/** How many rows a table has. Throws RangeError when its values do not fill rows of its columns. */
export function rowsOf({ values, columns }: Table): number {
  if (!Number.isInteger(columns) || columns < 1 || columns > mostColumns) {
    throw new RangeError(`columns is ${columns}; allowed: a whole number from 1 to ${mostColumns}`);
  }
  const rows = values.length / columns;
  if (!Number.isInteger(rows)) throw new RangeError(`${values.length} values do not fill rows of ${columns} columns`);
  return rows;
}

/** Throws RangeError when a table has other columns than the forest that is to judge it. */
export function checkColumns(table: Table, columns: number): void {
  if (table.columns !== columns) throw new RangeError(`the table has ${table.columns} columns, the forest ${columns}`);
}

const mostFloat32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * A value as a forest sees it, to be stored as float32: what is beyond float32, infinity too, is the largest that there is;
 * NaN stays NaN. Half the memory is half the time, and a cut is drawn by chance anyhow: scikit-learn sees float32 as well.
 */
export function seen(value: number): number {
  return Math.min(Math.max(value, -mostFloat32), mostFloat32);
}
