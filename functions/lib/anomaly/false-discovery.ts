/**
 * Which of many p are to be believed when the share of false ones among them may be `level`: one for each, in order.
 * Benjamini and Hochberg, Controlling the false discovery rate (JRSS B 57, 1995). What is no number is never believed.
 */
export function benjaminiHochberg(ps: readonly number[], level: number): readonly boolean[] {
  const tested = ps.filter((p) => !Number.isNaN(p)).sort((a, b) => a - b);
  const believed = tested.findLastIndex((p, index) => p <= ((index + 1) * level) / tested.length);
  const highest = tested[believed] ?? -1;
  return ps.map((p) => p <= highest);
}
