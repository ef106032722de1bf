/** Most objects and arrays in one event or webhook: 10 MiB of real alerts have fewer, and ten million empty ones take half a gigabyte. */
export const mostParts = 300_000;

/** A body that is refused before it is parsed, as Express' error handlers take it. */
class TooManyParts extends Error {
  override readonly name = "TooManyParts";
  readonly status = 400;
}

/** Throws when a JSON text has so many objects and arrays that parsing it would take far more memory than itself. */
export function checkShape(json: Uint8Array, most = mostParts): void {
  let parts = 0;
  let inText = false;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i];
    if (inText) {
      if (byte === backslash) i += 1;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if ((byte === bracket || byte === brace) && ++parts > most)
      throw new TooManyParts(`more than ${most} objects and arrays`);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const bracket = 0x5b;
const brace = 0x7b;
