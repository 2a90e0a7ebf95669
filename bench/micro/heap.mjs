const BURSTS = 40;
const CALLS_PER_BURST = 50;

/**
 * Bytes that stay after `calls` calls of `run` and full collections, per call: what leaks. And bytes that one call
 * makes, freed or not: median over short bursts, each begun right after a collection.
 */
export function measureHeap(run, calls) {
  for (let call = 0; call < 2000; call++) run(call);
  const before = usedAfterCollection();
  for (let call = 0; call < calls; call++) run(call);
  const retained = usedAfterCollection() - before;
  const bursts = Array.from({ length: BURSTS }, (_, burst) => {
    const start = usedAfterCollection();
    for (let call = 0; call < CALLS_PER_BURST; call++) run(burst * CALLS_PER_BURST + call);
    return (used() - start) / CALLS_PER_BURST;
  }).sort((a, b) => a - b);
  return {
    calls,
    retainedBytes: retained,
    retainedBytesPerCall: retained / calls,
    madeBytesPerCall: bursts[BURSTS / 2],
  };
}

function usedAfterCollection() {
  globalThis.gc();
  globalThis.gc();
  return used();
}

/** The heap and the typed arrays outside it. */
function used() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
