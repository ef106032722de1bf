import { isLocal } from "./builder.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * True when a registry that needs no login has the image already (OCI distribution spec: HEAD of its manifest). False also
 * where that can't be told: then it is built and pushed again, which changes nothing.
 */
export async function isPushed(image: string): Promise<boolean> {
  const [, host, name, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  const url = `${isLocal(image) ? "http" : "https"}://${host}/v2/${name}/manifests/${tag}`;
  try {
    const answer = await fetch(url, {
      method: "HEAD",
      headers: { accept: manifestTypes },
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch {
    return false; // reason: said above
  }
}
