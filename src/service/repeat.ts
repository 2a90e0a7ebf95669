/**
 * Does some work after `firstMs`, and then again `everyMs` after each time it has ended. It keeps no process alive.
 *
 * @param work never rejects
 * @returns a function that ends it: nothing more is begun
 */
export function repeat(work: () => Promise<void>, wait: { firstMs: number; everyMs: number }): () => void {
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = (inMs: number) => {
    if (isEnded) return;
    timer = setTimeout(() => void work().then(() => schedule(wait.everyMs)), inMs).unref();
  };
  schedule(wait.firstMs);
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}
