import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { encodeModel } from '../../src/adapters/model-files.ts';
import { MODEL_FORMAT } from '../../src/adapters/model-manifest.ts';
import type { Model } from '../../src/recommender/model.ts';
import type { StockRow } from '../../src/recommender/stock.ts';
import { smallModel } from './small-model.ts';

export interface PublishedModelOptions {
  readonly model?: Model;
  readonly createdAt?: string;
  readonly openingStock?: readonly StockRow[];
  readonly evaluation?: object;
}

/** Publishes a version of the small shop. */
export async function publishModel(
  folder: string,
  version: string,
  options: PublishedModelOptions = {},
): Promise<void> {
  const { model = smallModel(), createdAt = '2026-05-01T00:00:00.000Z' } = options;
  const text = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  const files = new Map<string, Uint8Array>(Object.entries(encodeModel(model)));
  if (options.openingStock) files.set('opening-stock.json', text(options.openingStock));
  if (options.evaluation) files.set('evaluation.json', text(options.evaluation));
  const data = { fingerprint: 'f', baskets: 1400, lines: 3000, products: model.products.length };
  await openModelRegistry(folder).publish(
    {
      format: MODEL_FORMAT,
      version,
      createdAt,
      codeVersion: 'test',
      seed: 1,
      parameters: {},
      currency: 'EUR',
      knownProducts: model.knownCount,
      data: { ...data, from: '2026-01-01', to: '2026-04-30' },
    },
    files,
  );
}

/** Changes a byte of a published version, so that it differs from its checksum. */
export function damage(folder: string, version: string): void {
  writeFileSync(join(folder, version, 'stores.json'), '[]');
}
