/** Prometheus did not answer, refused a query, or answered more than can be held: nothing is known, which is not the same as nothing is wrong. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
  /** `Refused`: asking again is no use. `Away`: it may be. `TooLarge`: the answer was beyond the limit. */
  readonly reason: "Away" | "Refused" | "TooLarge";
  constructor(reason: PrometheusError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Largest answer that is read where nobody says less, in bytes: 11,000 points, the most that Prometheus gives of a series, are half a megabyte. */
const usualMostBytes = 16 * 2 ** 20;

/** Most warnings that are told of, and the longest of them, or of an error, in characters. */
const mostWarnings = 20;
const longestText = 1024;

/** One series of an answer: `values` of a range, `value` of an instant. */
export interface Result {
  metric: Record<string, string>;
  values?: [number, string][];
  value?: [number, string];
}

/** What Prometheus answered, and what it warned of: an answer with warnings may be a part of the truth. */
export interface PrometheusAnswer {
  result: Result[];
  warnings: readonly string[];
}

/** Asks one query of Prometheus' API, v1; rejects with PrometheusError. */
export async function ask(
  url: string,
  parameters: Record<string, string>,
  timeoutMs: number,
  mostBytes = usualMostBytes,
): Promise<PrometheusAnswer> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(timeoutMs),
    });
    // reason: the API's documented envelope
    const body = JSON.parse(await textOf(answer, mostBytes)) as {
      status: string;
      error?: string;
      data?: { result: Result[] };
      warnings?: string[];
    };
    if (body.status === "success") {
      if (!Array.isArray(body.data?.result)) throw new PrometheusError("Away", "the answer has no result");
      const warnings = [body.warnings ?? []].flat().slice(0, mostWarnings);
      return { result: body.data.result, warnings: warnings.map((text) => String(text).slice(0, longestText)) };
    }
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    const why = String(body.error ?? answer.status).slice(0, longestText);
    throw new PrometheusError(refused ? "Refused" : "Away", `query refused: ${why}`);
  } catch (cause) {
    if (cause instanceof PrometheusError) throw cause;
    throw new PrometheusError("Away", "Prometheus is away", { cause });
  }
}

async function textOf({ body }: Response, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) throw new PrometheusError("TooLarge", `the answer is larger than ${mostBytes >> 20} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
