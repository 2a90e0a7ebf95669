import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { type Scratch, sqlText } from '../../adapters/duckdb-scratch.ts';
import { IngestError } from './ingest-error.ts';

const IN_FOLDERS = /\.(?:csv|tsv|csv\.gz|tsv\.gz|basket|basket\.gz|parquet|pq)$/i;

/**
 * The files that paths, folders (with the folders below them) and globs stand for, absolute, each once, those of one
 * folder or glob in order of name. What exists under its literal name is never taken for a pattern. In a folder, files and
 * folders that begin with `.` or `_` are not data.
 */
export async function listSourceFiles(paths: readonly string[], scratch: Scratch): Promise<string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    const found = await filesOf(path, scratch);
    if (found.length === 0) {
      throw new IngestError({
        came: `no file was found for ${path}`,
        wanted: 'a file, a folder with CSV, CSV.gz or Parquet files, or a glob that matches some',
        todo: 'Check the path',
      });
    }
    for (const file of found) files.add(resolve(file));
  }
  if (files.size > 0) return [...files];
  throw new IngestError({ came: 'no path', wanted: 'at least one file', todo: 'Name a file' });
}

async function filesOf(path: string, scratch: Scratch): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return filesInFolder(path);
  if (info !== undefined) return [path];
  if (!/[*?[]/.test(path)) return [];
  const rows = await scratch.rows(`SELECT file FROM glob(${sqlText(path)})`);
  return rows.map((row) => String(row[0])).sort();
}

async function filesInFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && IN_FOLDERS.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(sep)
          .some((part) => /^[._]/.test(part)),
    )
    .sort();
}
