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

/** Largest answer that is read, in bytes: 11,000 points, the most that Prometheus gives of a series, are half a megabyte. */
const mostBytes = 16 * 2 ** 20;

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
): Promise<PrometheusAnswer> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(timeoutMs),
    });
    // reason: the API's documented envelope
    const body = JSON.parse(await textOf(answer)) as {
      status: string;
      error?: string;
      data?: { result: Result[] };
      warnings?: string[];
    };
    if (body.status === "success" && Array.isArray(body.data?.result))
      return { result: body.data.result, warnings: body.warnings ?? [] };
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    throw new PrometheusError(refused ? "Refused" : "Away", `query refused: ${body.error ?? answer.status}`);
  } catch (cause) {
    if (cause instanceof PrometheusError) throw cause;
    throw new PrometheusError("Away", "Prometheus is away", { cause });
  }
}

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) throw new PrometheusError("TooLarge", `the answer is larger than ${mostBytes >> 20} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
