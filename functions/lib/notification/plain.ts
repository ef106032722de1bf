/** Text on one line, without control characters: what it holds came out of logs and labels. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

/** At most `most` UTF-16 units, ending in `…` where something was left out; no character is cut in half. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text;
  let cut = text.slice(0, Math.max(0, most - 1));
  if (/[\uD800-\uDBFF]$/.test(cut)) cut = cut.slice(0, -1);
  return `${cut}…`;
}
