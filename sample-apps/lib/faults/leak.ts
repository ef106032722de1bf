const stepMilliseconds = 100;

/** Keeps ever more memory, outside V8's heap: it is the container's limit that ends it (OOMKilled), not V8's. */
export function leak(mbPerSecond: number): () => void {
  const kept: Buffer[] = [];
  const bytes = Math.ceil((mbPerSecond * 1024 * 1024 * stepMilliseconds) / 1000);
  const timer = setInterval(() => {
    // Filled with ones: the kernel gives pages of zeros no memory until they are written.
    kept.push(Buffer.alloc(bytes, 1));
  }, stepMilliseconds);
  return () => {
    clearInterval(timer);
    kept.length = 0;
  };
}
