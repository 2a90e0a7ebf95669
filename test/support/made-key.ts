import type { DataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { digestOf, keyIdOf, makeKey } from '../../src/gateway/api-key.ts';
import type { KeyRecord } from '../../src/ledger/key-store.ts';

export interface MadeKey {
  readonly key: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A key in a data folder, of the default tenant and for every store unless it is said otherwise. */
export async function addKey(
  { keys }: Pick<DataFolder, 'keys'>,
  scope: string,
  more: Partial<KeyRecord> = {},
): Promise<MadeKey> {
  const key = makeKey();
  const digest = digestOf(key);
  const id = keyIdOf(digest);
  await keys.add({ id, digest, label: '', tenant: 'default', scope, createdAtMs: 1, ...more });
  return { key, id, headers: { authorization: `Bearer ${key}` } };
}
