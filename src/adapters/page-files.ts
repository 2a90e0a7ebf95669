import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built screens by path, in memory; empty when they are not built. */
export async function readPageFiles(
  folder: string,
): Promise<Map<string, { bytes: Uint8Array<ArrayBuffer>; contentType: string }>> {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; contentType: string }>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const contentType = CONTENT_TYPES[extname(entry.name)];
    if (!entry.isFile() || !contentType) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length).replaceAll('\\', '/'), {
      bytes: new Uint8Array(await readFile(path)),
      contentType,
    });
  }
  return files;
}
