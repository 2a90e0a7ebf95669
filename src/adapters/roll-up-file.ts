import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { checkLmdbFile } from './lmdb-file-check.ts';
import { clearTables, openTables } from './roll-up-tables.ts';

const FOLDER = 'reports';
const FILE = 'roll-up.lmdb';
const FORMAT_KEY = 'basketlift-roll-up-format';
/** Raise it when what is kept changes, or what makes it: the fold, the sums by day, or how business days are counted. */
const FORMAT = 10;

/**
 * The file of the roll-up, emptied where it is damaged or of another format.
 *
 * @param path of the data folder
 */
export function openRollUp(path: string, onRebuild: (reason: string) => void): RootDatabase {
  const folder = join(path, FOLDER);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, FILE);
  try {
    checkLmdbFile(file);
  } catch (error) {
    onRebuild((error as Error).message);
    for (const one of [file, `${file}-lock`]) rmSync(one, { force: true });
  }
  const root = open({ path: file, noSubdir: true, maxDbs: 24, maxReaders: 256 });
  root.transactionSync(() => {
    const format: unknown = root.get(FORMAT_KEY);
    if (format === FORMAT) return;
    if (format !== undefined)
      onRebuild(`it has format ${String(format)}, but this release uses format ${FORMAT}`);
    clearTables(openTables(root));
    root.putSync(FORMAT_KEY, FORMAT);
  });
  return root;
}
