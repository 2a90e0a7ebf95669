import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOMER_KEY_FILE } from './adapters/customer-names.ts';
import {
  type FileModelRegistry,
  type LoadedVersion,
  openModelRegistry,
} from './adapters/file-model-registry.ts';
import { createProductSearch } from './adapters/minisearch-product-search.ts';
import type { Config } from './config.ts';
import type { RulesKeeper } from './gateway/gateway-parts.ts';
import { ruleBook } from './gateway/rule-routes.ts';
import { type LoadedModel, type ServingModel, serveModel } from './gateway/serving-model.ts';
import { PACKAGE_ROOT } from './package-facts.ts';
import type { StockRow } from './recommender/stock.ts';
import type { StockBook } from './recommender/stock-book.ts';
import type { ValuePolicy } from './recommender/value.ts';

/** The registry that is configured, else `./models` where `train` writes by default, else the one shipped in the package. */
export function openRegistry(folder: string | undefined): FileModelRegistry {
  return openModelRegistry(folder ?? (hasVersions('models') ? 'models' : `${PACKAGE_ROOT}models`));
}

function hasVersions(folder: string): boolean {
  return (
    existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'manifest.json')))
  );
}

/** The version asked for by name or folder, else the champion of the registry. @throws ModelRejected */
export async function loadVersion(
  config: Pick<Config, 'models'>,
  version: string | undefined,
): Promise<LoadedVersion> {
  const registry = openRegistry(config.models);
  return registry.load(version ?? (await registry.champion()));
}

/** What to do about a version whose customers cannot be recognised. */
export const CUSTOMERS_UNKNOWN = `customers are not recognised: the registry lacks the ${CUSTOMER_KEY_FILE} under which this version names them; copy it from where the version was trained`;

/** Stock a version was trained beside; none for most. */
export function openingStock({ files }: LoadedVersion): StockRow[] {
  const bytes = files.get('opening-stock.json');
  return bytes ? JSON.parse(new TextDecoder().decode(bytes)) : [];
}

/** A model with its search, its name for caches saying its content: what all tenants share. */
export function makeSearchable({ model, manifest }: LoadedVersion): LoadedModel {
  const digest = createHash('sha256').update(JSON.stringify(manifest.files)).digest('base64url').slice(0, 12);
  const search = createProductSearch(model.products, model.basketShare);
  return { model, cacheName: `${model.version}.${digest}`, search };
}

export function bindModel(
  loaded: LoadedVersion,
  stock: StockBook,
  { version, rules }: ReturnType<RulesKeeper['current']>,
): ServingModel {
  return serveModel(makeSearchable(loaded), stock, ruleBook(version, rules));
}

export function valuePolicy(config: Config): ValuePolicy {
  return {
    valueWeight: config.valueWeight,
    expectedValueMin: config.minValue,
    holdingRatePerYear: config.holdingRate,
    excessDaysMax: 365,
    targetCoverDays: config.targetCoverDays,
    goodwill: 0,
    disposalCost: 0,
    salvageValue: 0,
  };
}
