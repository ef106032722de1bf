import { connectApiServer } from "./index.ts";

/** Vitest's global set-up of `npm run e2e`: rejects in one line where there is no cluster to test on. */
export async function setup(): Promise<void> {
  try {
    const server = await connectApiServer();
    const { status } = await server.admin("GET", "/version").finally(() => server.close());
    if (status !== 200) throw new Error(`its API server answers ${status}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`no cluster in the current kubeconfig context, which these tests need: ${why}`);
  }
}
