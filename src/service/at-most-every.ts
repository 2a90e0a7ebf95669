/** Calls `say` at once, and then not again for some time: what is said meanwhile is dropped. */
export function atMostEvery<Args extends readonly unknown[]>(
  everyMs: number,
  say: (...args: Args) => void,
): (...args: Args) => void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return (...args) => {
    const nowMs = performance.now();
    if (nowMs - saidAtMs < everyMs) return;
    saidAtMs = nowMs;
    say(...args);
  };
}
