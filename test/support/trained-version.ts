import type { CustomerNames } from '../../src/adapters/customer-names.ts';
import { decodeModel, type ModelFiles } from '../../src/adapters/model-files.ts';
import type { Product } from '../../src/recommender/catalogue.ts';
import type { Model } from '../../src/recommender/model.ts';
import type { Receipts } from '../../src/training/receipts.ts';
import { train } from '../../src/training/train.ts';
import type { TrainedVersion } from '../../src/training/training-input.ts';
import { reportOf } from './receipts-builder.ts';

/** Names for customers c0, c1, …, not in the order of their ids. */
export const NAMES: CustomerNames = {
  keyId: '0123456789abcdef',
  nameOf: (id) => (Number(id.slice(1)) * 7919) % 10_007,
};

interface Options {
  readonly catalogue?: readonly Product[];
  readonly seed?: number;
  readonly keepTestOut?: boolean;
  readonly version?: string;
  readonly customers?: CustomerNames;
}

/** What training makes of these receipts, on one thread, at the beginning of time. */
export function trainOn(
  receipts: Receipts,
  { catalogue = [], seed = 1, keepTestOut = false, version = 'v', customers }: Options = {},
): Promise<TrainedVersion> {
  return train({
    receipts,
    report: reportOf(receipts),
    catalogue,
    stock: [],
    version,
    seed,
    threads: 1,
    codeVersion: '0',
    nowMs: 0,
    keepTestOut,
    ...(customers && { customers }),
  });
}

/** The model as it would be read back from the registry. */
export function modelOf({ manifest, files }: TrainedVersion): Model {
  const { timeZone, knownProducts: knownCount } = manifest;
  const head = { ...manifest, notice: undefined, currency: undefined, timeZone, knownCount };
  return decodeModel(head, Object.fromEntries(files) as ModelFiles, NAMES.nameOf);
}
