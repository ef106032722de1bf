import { type AppProcess, startApp } from "./app-process.ts";

export interface Chain {
  auth: AppProcess;
  user: AppProcess;
  api: AppProcess;
}

/** auth, user and api, wired to each other by the classic service variables as in a namespace. */
export async function startChain({ userVersion = "1.0.0" }: { userVersion?: string } = {}): Promise<Chain> {
  const auth = await startApp("auth");
  const user = await startApp("user", { version: userVersion, env: serviceOf("auth", auth) });
  const api = await startApp("api", { env: { ...serviceOf("auth", auth), ...serviceOf("user", user) } });
  return { auth, user, api };
}

/** The variables that Kubernetes gives pods for a Service. */
export function serviceOf(name: string, { url }: { url: string }): Record<string, string> {
  const { hostname, port } = new URL(url);
  return { [`${name.toUpperCase()}_SERVICE_HOST`]: hostname, [`${name.toUpperCase()}_SERVICE_PORT`]: port };
}
