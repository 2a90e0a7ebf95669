import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { anonymousBytes } from '../process-usage.mjs';
import { MEMORY_FILE } from './memory-slope.mjs';

/*
 * Loaded into the gateway with `--import`. On SIGUSR2 it collects all garbage and appends to MEMORY_FILE, in the working
 * folder, what is left: `liveBytes` in JavaScript's hands, `anonymousBytes` of the whole process, native memory too.
 */
if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    // Twice: what is freed by finalizers goes with the second.
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const line = { liveBytes: heapUsed + external, anonymousBytes: anonymousBytes(process.pid) };
    appendFileSync(MEMORY_FILE, `${JSON.stringify(line)}\n`);
  });
}
