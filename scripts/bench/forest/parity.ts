import { overall, type TableAccuracy } from "./accuracy.ts";

/** Whether one implementation is as good as another: on the mean of all tables, and on which tables it is not alike. */
export interface Parity {
  readonly verdict: "AtPar" | "MeanTooLow" | "TablesApart";
  readonly meanDifference: number;
  readonly tablesApart: readonly { table: string; difference: number; allowed: number }[];
}

/** What a mean over tables may be lower, and a table apart whatever its standard error. */
const [meanTolerance, tableTolerance] = [0.002, 0.01];

/** Compares by the rules of the README: mean no more than .002 lower, each table within .01 or three standard errors. */
export function parityOf(tables: readonly TableAccuracy[], name: string, other: string): Parity {
  const meanDifference = overall(tables, name).mean - overall(tables, other).mean;
  const tablesApart = tables.flatMap(({ table, rocAuc }) => {
    const [ours, theirs] = [rocAuc[name], rocAuc[other]];
    if (!ours || !theirs) return [];
    const difference = ours.mean - theirs.mean;
    const allowed = Math.max(tableTolerance, 3 * Math.hypot(ours.standardError, theirs.standardError));
    return Math.abs(difference) <= allowed ? [] : [{ table, difference, allowed }];
  });
  const verdict = meanDifference < -meanTolerance ? "MeanTooLow" : tablesApart.length > 0 ? "TablesApart" : "AtPar";
  return { verdict, meanDifference, tablesApart };
}

/** The verdict in a line, and a line for each table that is apart. */
export function tellParity({ verdict, meanDifference, tablesApart }: Parity): string {
  const lines = tablesApart.map(
    ({ table, difference, allowed }) => `  ${table}: ${signed(difference)}, allowed ${allowed.toFixed(4)} either way`,
  );
  return [`own against scikit-learn: ${verdict}, mean ${signed(meanDifference)}`, ...lines].join("\n");
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}
