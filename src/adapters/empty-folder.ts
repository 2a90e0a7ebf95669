import { mkdirSync, readdirSync } from 'node:fs';

/** Makes a folder, or accepts an empty one. @throws Error when it is not empty */
export function makeEmptyFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  const [found] = readdirSync(path);
  if (found !== undefined)
    throw new Error(`wanted an empty folder or none, got ${path}, which is not empty: it holds ${found}.`);
}
