/** Sends JSON and reads JSON or text; each call opens its own connection, as behind a Service. */
export async function call(
  method: "GET" | "POST" | "DELETE",
  url: string,
  { body, token, timeoutMilliseconds = 5000 }: { body?: unknown; token?: string; timeoutMilliseconds?: number } = {},
): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = { connection: "close" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const response = await fetch(url, {
    method,
    headers,
    signal: AbortSignal.timeout(timeoutMilliseconds),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

/** The value of one series of an app's metrics, written as in the text format; undefined where there is none. */
export async function metric(url: string, series: string): Promise<number | undefined> {
  const { body } = await call("GET", `${url}/metrics`);
  const line = String(body)
    .split("\n")
    .find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Logs in through api, or auth, and returns the token. */
export async function login(auth: { url: string }, path = "/tokens"): Promise<string> {
  const { body } = await call("POST", `${auth.url}${path}`, { body: { subject: "tester" } });
  if (typeof body === "object" && body !== null && "token" in body) return String(body.token);
  throw new Error(`no token: ${JSON.stringify(body)}`);
}

/** Looks again every 20 ms until the condition holds, up to a deadline. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
