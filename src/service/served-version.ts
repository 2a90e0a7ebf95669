import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOMER_KEY_FILE } from '../adapters/customer-names.ts';
import {
  type FileModelRegistry,
  type LoadedVersion,
  openModelRegistry,
} from '../adapters/file-model-registry.ts';
import { createProductSearch, prepareProductSearch } from '../adapters/minisearch-product-search.ts';
import { openingStock } from '../adapters/model-files.ts';
import type { ModelManifest } from '../adapters/model-manifest.ts';
import { loadVersionInThread } from '../adapters/version-thread.ts';
import type { VersionOrder } from '../adapters/version-worker.ts';
import type { Config } from '../config.ts';
import { ruleBook } from '../gateway/rule-routes.ts';
import { type LoadedModel, type ServingModel, serveModel } from '../gateway/serving-model.ts';
import { PACKAGE_ROOT } from '../package-facts.ts';
import type { AbsoluteStockRow } from '../recommender/stock.ts';
import { StockBook } from '../recommender/stock-book.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { ServableVersion } from './open-tenants.ts';

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
export const CUSTOMERS_UNKNOWN = `customers are not recognised: the registry lacks the ${CUSTOMER_KEY_FILE} with which this version names them; copy it from where the version was trained`;

/** A version as a start reads it: in this thread, which has nobody to answer yet. @throws ModelRejected */
export async function readServable(registry: FileModelRegistry, version: string): Promise<ServableVersion> {
  const loaded = await registry.load(version);
  const workspace = createWorkspace(loaded.model);
  return {
    loaded: { ...makeSearchable(loaded), workspace },
    openingStock: openingStock(loaded.files),
    customers: loaded.customers,
  };
}

/** The same while this thread goes on answering, with what was sold since by its ledger. @throws ModelRejected */
export async function readServableBeside(order: VersionOrder): Promise<ServableVersion> {
  const version = await loadVersionInThread(order);
  const { model, manifest, workspace, openingStock, customers, remembered } = version;
  const search = await prepareProductSearch(model.products, model.basketShare);
  const sold = remembered && !(remembered instanceof Error) ? `+${remembered.digest}` : '';
  const loaded = { model, cacheName: `${cacheNameOf(manifest)}${sold}`, search, workspace };
  return { loaded, openingStock, customers, ...(remembered && { remembered }) };
}

/** A model with its search and a name for caches that stands for its content: what all tenants share. */
function makeSearchable({ model, manifest }: Pick<LoadedVersion, 'model' | 'manifest'>): LoadedModel {
  const search = createProductSearch(model.products, model.basketShare);
  return { model, cacheName: cacheNameOf(manifest), search };
}

function cacheNameOf({ version, files }: ModelManifest): string {
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('base64url').slice(0, 12);
  return `${version}.${digest}`;
}

/** A version under no rules, with its opening stock and `kept` rows over it: for commands, which serve nobody. */
export function bindModel(
  loaded: LoadedVersion,
  kept: Iterable<AbsoluteStockRow> = [],
): { readonly serving: ServingModel; readonly stock: StockBook } {
  const stock = new StockBook();
  for (const rows of [openingStock(loaded.files), kept]) for (const row of rows) stock.apply(row);
  return { serving: serveModel(makeSearchable(loaded), stock, ruleBook(0, [])), stock };
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
