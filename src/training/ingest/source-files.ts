import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { type Scratch, sqlText } from '../../adapters/duckdb-scratch.ts';
import { IngestError } from './ingest-error.ts';

const IN_FOLDERS = /\.(?:(?:csv|tsv|txt|basket)(?:\.gz)?|parquet|pq)$/i;

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Whether it was named itself or by a glob, rather than found in a folder, where not every text is data. */
  readonly isNamed: boolean;
}

/**
 * The files that paths, folders (with the folders below them) and globs stand for, each once, those of one folder or glob in
 * order of name. What exists under its literal name is never taken for a pattern. In a folder, files and folders that begin
 * with `.` or `_` are not data.
 */
export async function listSourceFiles(paths: readonly string[], scratch: Scratch): Promise<SourceFile[]> {
  const files = new Map<string, boolean>();
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    const isFolder = info?.isDirectory() ?? false;
    const found = isFolder ? await filesInFolder(path) : await filesNamed(path, info !== undefined, scratch);
    if (found.length === 0) {
      throw new IngestError({
        came: `no file was found for ${path}`,
        wanted: 'a file, a folder with CSV, TSV, text or Parquet files, or a glob that matches some',
        todo: 'Check the path',
      });
    }
    for (const file of found.map((one) => resolve(one))) files.set(file, files.get(file) || !isFolder);
  }
  if (files.size > 0) return [...files].map(([path, isNamed]) => ({ path, isNamed }));
  throw new IngestError({ came: 'no path', wanted: 'at least one file', todo: 'Name a file' });
}

async function filesNamed(path: string, exists: boolean, scratch: Scratch): Promise<string[]> {
  if (exists) return [path];
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
