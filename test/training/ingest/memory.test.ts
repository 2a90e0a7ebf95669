import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { testFolder } from './files-in-folder.ts';

const { folder } = testFolder();
const script = join(import.meta.dirname, '../../support/read-many-receipts.mjs');
const LINES = 1_500_000;
/** What DuckDB may hold before it spills, Node itself, and what is kept of a line. */
const ENGINE_MIB = 500;
const NODE_MIB = 150;
const BYTES_A_LINE = 64;

/** What threads leave to the allocator for a moment varies by a tenth with what else the machine does; text that stays is there in every run. */
const RUNS_MAX = 3;

it('1.5 million lines stream: the text of none stays, whatever their number', {
  timeout: 180_000,
  retry: RUNS_MAX - 1,
}, async () => {
  const args = ['--max-old-space-size=64', script, folder, String(LINES)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { kept, peakMiB } = JSON.parse(stdout);
  expect(kept).toBe(LINES);
  expect(peakMiB).toBeLessThan(ENGINE_MIB + NODE_MIB + (BYTES_A_LINE * LINES) / 2 ** 20);
});
