/** One implementation of the Isolation Forest: the table that it was given, and the forest that it grew last. */
export interface Contender {
  readonly name: string;
  /** So many measurements are one round: what is fast needs more until V8 has compiled it. */
  readonly repeats: number;
  /** How many rows its speed is measured with; what is slow gets fewer. */
  readonly speedRows: number;
  /** Takes a table; all that follows is about it. */
  use(table: BenchTable): Promise<void>;
  /** Grows a forest of 100 trees from samples of 256 rows; milliseconds. */
  fit(seed: number): Promise<number>;
  /** The score of each of the first rows, and the milliseconds that it took. */
  score(rows: number): Promise<{ scores: Float64Array; ms: number }>;
  /** Milliseconds for the first row alone. */
  scoreOne(): Promise<number>;
  /** The forest as it would be kept, in bytes; undefined where it can't be. */
  bytes(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Row-major, without missing values. */
export interface BenchTable {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
}
