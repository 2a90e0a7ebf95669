/**
 * Does some work after a while, and then again that long after each time it has ended. It keeps no process alive.
 *
 * @param work never rejects
 * @returns ends it: nothing is begun any more
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
