import type { Database } from 'lmdb';

/** Small rows read at once: reading a page holds the thread for about a millisecond. */
const PAGE_ROWS = 500;

/**
 * Values under `[tenantKey, …]` from the key `first` on, in the order of keys. Reads page by page, so that a slow reader
 * holds no snapshot open: LMDB cannot reuse the space of pages that an old snapshot still sees.
 */
export function* readInPages<Value, Rest extends string | number>(
  rows: Database<Value, [string, Rest]>,
  tenantKey: string,
  first: Rest,
  pageRows = PAGE_ROWS,
): Generator<Value> {
  let start: [string, Rest] = [tenantKey, first];
  // Keys are base64url, so nothing that begins with tenantKey sorts behind it with this character appended.
  const end = [`${tenantKey}\u007f`];
  for (let exclusiveStart = false; ; exclusiveStart = true) {
    // Other processes write too: a page must see what they have committed.
    rows.resetReadTxn();
    const page = [...rows.getRange({ start, end, exclusiveStart, limit: pageRows })];
    for (const { value } of page) yield value;
    if (page.length < pageRows) return;
    start = page.at(-1)!.key;
  }
}

/** The same values backwards, from the last one. */
export function* readBackwards<Value>(
  rows: Database<Value, [string, number]>,
  tenantKey: string,
  pageRows = PAGE_ROWS,
): Generator<Value> {
  for (let last = Number.MAX_SAFE_INTEGER; ; ) {
    rows.resetReadTxn();
    const page = [...rows.getRange({ ...newestFirst(tenantKey, last), limit: pageRows })];
    for (const { value } of page) yield value;
    if (page.length < pageRows) return;
    last = page.at(-1)!.key[1] - 1;
  }
}

/** The last number under `[tenantKey, …]`; undefined where there is none. */
export function lastNumber(rows: Database<unknown, [string, number]>, tenantKey: string): number | undefined {
  rows.resetReadTxn();
  const [last] = [...rows.getKeys({ ...newestFirst(tenantKey), limit: 1 })];
  return last?.[1];
}

/** The range of a tenant's numbers from 0 to the last that is wanted, the last first. */
export function newestFirst(tenantKey: string, last = Number.MAX_SAFE_INTEGER) {
  const start: [string, number] = [tenantKey, last];
  // Not part of the range itself.
  const end: [string, number] = [tenantKey, -1];
  return { start, end, reverse: true };
}

/** The tenants that have rows: a look at one key of each. */
export function tenantKeysOf(rows: Database<unknown, [string, ...(string | number)[]]>): string[] {
  const keys: string[] = [];
  for (let start: string[] = ['']; ; start = [`${keys.at(-1)}\u007f`]) {
    const [found] = [...(rows as Database<unknown, string[]>).getKeys({ start, limit: 1 })];
    if (!found) return keys;
    keys.push(found[0]!);
  }
}

/** All keys of a table, page by page. */
export function* keysInPages<Key extends [string, string | number]>(
  rows: Database<unknown, Key>,
): Generator<Key> {
  for (let start: Key | undefined; ; ) {
    rows.resetReadTxn();
    const range = { ...(start && { start, exclusiveStart: true }), limit: PAGE_ROWS };
    const page = [...rows.getKeys(range)];
    yield* page;
    if (page.length < PAGE_ROWS) return;
    start = page.at(-1)!;
  }
}

export function entryCount(rows: Pick<Database, 'getStats'>): number {
  return (rows.getStats() as { entryCount: number }).entryCount;
}
