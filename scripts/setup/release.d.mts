export function fetchReleases(
  folder: string,
  machine?: { get?: (url: string) => Promise<Uint8Array>; platform?: string; arch?: string },
): Promise<void>;
