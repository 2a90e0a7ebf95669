import type { RootDatabase } from 'lmdb';

/** Under which the data folder states what wrote it. */
export const FORMAT_KEY = 'basketlift-format';
/** Raise it when an older release could no longer read what a newer one writes. */
export const FORMAT = 2;
/** From the first sealed decision on: a release that knows no segments would take what is left for all candidates. */
const SEALED_FORMAT = 3;

export function isReadable(format: unknown): boolean {
  return format === FORMAT || format === SEALED_FORMAT;
}

/** MUST run inside a transaction. */
export function markSealed(root: RootDatabase): void {
  root.putSync(FORMAT_KEY, SEALED_FORMAT);
}
