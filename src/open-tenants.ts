import type { LoadedVersion } from './adapters/file-model-registry.ts';
import type { DataFolder } from './adapters/lmdb-data-folder.ts';
import { DEFAULT_TENANT } from './gateway/access.ts';
import type { RulesKeeper, TenantParts } from './gateway/gateway-parts.ts';
import { ruleBook } from './gateway/rule-routes.ts';
import { type LoadedModel, serveModel } from './gateway/serving-model.ts';
import type { Log } from './gateway/telemetry-port.ts';
import type { WireRule } from './gateway/wire.ts';
import type { StockRow } from './recommender/stock.ts';
import { StockBook } from './recommender/stock-book.ts';
import { createWorkspace } from './recommender/workspace.ts';
import { makeSearchable, openingStock } from './served-version.ts';

export interface OpenTenantsOptions {
  readonly loaded: LoadedVersion;
  readonly folder: DataFolder;
  /** Stock laid over the opening stock of the model, for the default tenant: other tenants state their own. */
  readonly stated: readonly StockRow[];
  readonly log: Log;
}

export interface OpenTenants {
  of(tenant: string): TenantParts;
  /** Time of the newest stock statement of any tenant in use, epoch ms; -Infinity before the first. */
  newestStockMs(): number;
}

/** The tenants' own stock and rules over the one model, each read from disk when it is first asked for. */
export function openTenants(options: OpenTenantsOptions): OpenTenants {
  const open = new Map<string, TenantParts>();
  const { model } = options.loaded;
  const shared = { ...makeSearchable(options.loaded), workspace: createWorkspace(model) };
  return {
    of(tenant) {
      const parts = open.get(tenant) ?? openTenant(tenant, shared, options);
      open.set(tenant, parts);
      return parts;
    },
    newestStockMs() {
      return Math.max(Number.NEGATIVE_INFINITY, ...[...open.values()].map(({ stock }) => stock.newestAsOfMs));
    },
  };
}

function openTenant(
  tenant: string,
  shared: LoadedModel,
  { loaded, folder, stated, log }: OpenTenantsOptions,
): TenantParts {
  const stock = new StockBook();
  const opening = tenant === DEFAULT_TENANT ? [openingStock(loaded), stated] : [];
  for (const rows of [...opening, folder.stock.loadAll(tenant)]) for (const row of rows) stock.apply(row);
  const rules = keepRules(folder, tenant);
  const { version, rules: inForce } = rules.current();
  // The tenant is in the name: whether a basket was ranked before is nobody else's business either.
  const cacheName = `${tenant}|${shared.cacheName}`;
  return {
    stock,
    rules,
    serving: serveModel({ ...shared, cacheName }, stock, ruleBook(version, inForce)),
    keepStock(rows) {
      const refused = folder.stock.put(tenant, rows);
      if (refused > 0) log.warn({ refused }, 'stock rows are not kept over a restart: the disk is behind');
    },
  };
}

/** A tenant's rules in the data folder, as the gateway keeps them. */
export function keepRules({ rules }: Pick<DataFolder, 'rules'>, tenant: string): RulesKeeper {
  return {
    current() {
      const kept = rules.current(tenant);
      return { version: kept?.version ?? 0, rules: (kept?.document ?? []) as WireRule[] };
    },
    async replace(next, expectedVersion) {
      const result = await rules.put(tenant, next, expectedVersion);
      return result.status === 'stored' ? result.version : undefined;
    },
  };
}
