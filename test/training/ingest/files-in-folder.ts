import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import type { Receipts } from '../../../src/training/receipts.ts';

/** A folder of its own for a test file, removed afterwards; `write` answers the path of what it wrote. */
export function testFolder(): {
  folder: string;
  write: (name: string, content: string | Buffer) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-ingest-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, name.endsWith('.gz') && typeof content === 'string' ? gzipSync(content) : content);
      return path;
    },
  };
}

/** Baskets as lists of product ids, in their order. */
export function basketsOf(receipts: Receipts): string[][] {
  return [...receipts.soldAtMs.keys()].map((basket) =>
    [...receipts.items.subarray(receipts.basketStart[basket], receipts.basketStart[basket + 1])].map(
      (item) => receipts.productIds[item]!,
    ),
  );
}

export async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('expected a failure');
    },
    (error: unknown) => error as Error,
  );
}
