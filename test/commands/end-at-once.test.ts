import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODULE = new URL('../../dist/commands/end-at-once.js', import.meta.url).href;

/** Exits amid a transaction, which waits for the thread that ends. */
const EXIT_AMID_TRANSACTION = `
  import { open } from 'lmdb';
  import { endAtOnce } from '${MODULE}';
  process.on('exit', endAtOnce);
  const root = open({ path: process.argv[1], noSubdir: true });
  void root.transaction(() => { root.putSync('half', true); process.exit(0); });
`;

test('a process that ends during a transaction really ends, and leaves the data unchanged', async () => {
  const path = join(temporaryFolder(), 'some.lmdb');
  const cwd = new URL('../..', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', EXIT_AMID_TRANSACTION, path], {
    cwd,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  const root = open({ path, noSubdir: true });
  await root.put('whole', true);
  expect([root.get('half'), root.get('whole')]).toEqual([undefined, true]);
  await root.close();
});
