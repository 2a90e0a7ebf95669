import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./event-writer.mjs', import.meta.url));
const SOURCE = fileURLToPath(new URL('../../src/adapters/lmdb-event-store.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/adapters/lmdb-event-store.js', import.meta.url));

export interface EventWriter {
  readonly child: ChildProcess;
  /** What it says, one JSON value a line. */
  readonly lines: Interface;
  readonly exited: Promise<number | null>;
}

/**
 * Starts event-writer.mjs in a process of its own.
 *
 * @param fileSizeMaxKiB limit the system puts on each file it writes, as a full disk would
 */
export function startEventWriter(
  args: readonly [mode: 'append' | 'hold' | 'fill', folder: string, prefix: string],
  fileSizeMaxKiB?: number,
): EventWriter {
  assertBuilt();
  const command = [process.execPath, SCRIPT, ...args];
  const limited = ['bash', '-c', `ulimit -f ${fileSizeMaxKiB}; exec "$@"`, 'bash', ...command];
  const [program, ...rest] = fileSizeMaxKiB === undefined ? command : limited;
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    child,
    lines: createInterface({ input: child.stdout! }),
    exited: new Promise((resolve) => child.once('exit', resolve)),
  };
}

export async function nextFact(lines: Interface): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line)));
    lines.once('close', () => reject(new Error('event-writer ended without another word')));
  });
}

function assertBuilt(): void {
  const builtMs = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtMs < statSync(SOURCE).mtimeMs) {
    throw new Error(
      'wanted a build of today\'s sources in dist/, got none: run "npx tsc -p tsconfig.build.json" first',
    );
  }
}
