import { appendFileSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
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
    const kilobytes = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    const line = { liveBytes: heapUsed + external, anonymousBytes: 1024 * Number(kilobytes) };
    appendFileSync(MEMORY_FILE, `${JSON.stringify(line)}\n`);
  });
}
