import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { peakBytes } from '../process-usage.mjs';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;
/** Longest training of one set. */
const TRAINING_MS_MAX = 20 * 60 * 1000;
const WATCH_MS = 200;

/**
 * Trains one set through the built command line, as a user does, with `more` options.
 *
 * @returns what `train --json` printed, with `seconds` and `peakBytes` of the process
 * @throws with what the command said when it fails
 */
export async function trainSet(set, dataFolder, outFolder, more = []) {
  const args = [CLI, 'train', join(dataFolder, set.file), ...set.options, ...more];
  const version = [set.name, ...more].join('').replaceAll('--', '.');
  const started = performance.now();
  const child = spawn(process.execPath, [...args, '--out', outFolder, '--version', version, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TRAINING_MS_MAX,
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakBytes(child.pid) ?? 0);
  }, WATCH_MS);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      said[stream] += text;
    });
  }
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);
  try {
    const [code, signal] = await once(child, 'close');
    if (code !== 0) throw new Error(`train ${set.name} ended with ${code ?? signal}:\n${said.stderr}`);
  } finally {
    clearInterval(watch);
    process.off('exit', stop);
  }
  const seconds = (performance.now() - started) / 1000;
  return { ...JSON.parse(said.stdout), seconds, peakBytes: peak };
}
