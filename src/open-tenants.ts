import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadedVersion } from './adapters/file-model-registry.ts';
import type { DataFolder } from './adapters/lmdb-data-folder.ts';
import { DEFAULT_TENANT } from './gateway/access.ts';
import type { Change, Changes } from './gateway/change.ts';
import type { RulesKeeper, TenantParts } from './gateway/gateway-parts.ts';
import { ModelSuccession } from './gateway/model-succession.ts';
import { ruleBook } from './gateway/rule-routes.ts';
import { type LoadedModel, type ServingModel, serveModel } from './gateway/serving-model.ts';
import type { Log } from './gateway/telemetry-port.ts';
import type { WireRule } from './gateway/wire.ts';
import type { RuleBook } from './recommender/rules.ts';
import type { AbsoluteStockRow, StockRow } from './recommender/stock.ts';
import { StockBook } from './recommender/stock-book.ts';

/** A version that can be put in service. */
export interface ServableVersion {
  readonly loaded: LoadedModel;
  /** For the default tenant: other tenants state their own. */
  readonly openingStock: readonly StockRow[];
  readonly customers: LoadedVersion['customers'];
}

export interface OpenTenantsOptions {
  readonly first: ServableVersion;
  readonly folder: Pick<DataFolder, 'stock' | 'rules'>;
  /** Stock laid over the opening stock of the model, for the default tenant. */
  readonly stated: readonly StockRow[];
  readonly log: Log;
  readonly changes: Changes;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
}

export interface OpenTenants {
  of(tenant: string): TenantParts;
  /** The model that answers a basket: to its end the one that answered it first. */
  servingFor(tenant: string, basketId: string | undefined): ServingModel;
  /** Time of the newest stock statement of any tenant in use, epoch ms; -Infinity before the first. */
  newestStockMs(): number;
  /** Binds a version to the tenants in use, a little at a time; `warmUp` is given what would answer the default one. */
  prepare(
    version: ServableVersion,
    warmUp: (serving: ServingModel) => Promise<void>,
  ): Promise<PreparedVersion>;
  /** Lets a prepared version answer all baskets that begin from now on. */
  succeed(next: PreparedVersion): void;
  /** To be called now and then: frees the version before when its baskets are over. */
  letGo(): void;
  /** Applies what other processes have put on the disk meanwhile, a little at a time. */
  readAgain(): Promise<void>;
}

/** A tenant in use: its own parts, over whichever model serves. */
interface OpenTenant extends TenantParts {
  readonly name: string;
  /** The rules in force. */
  readonly book: RuleBook;
}

/** Rows applied without letting other work of this thread in between: about a millisecond. */
const STOCK_ROWS_AT_ONCE = 1000;

/** The tenants' own stock and rules over the one model, each read from disk when it is first asked for. */
export function openTenants(options: OpenTenantsOptions): OpenTenants {
  const { folder, changes, log, ticks } = options;
  const open = new Map<string, OpenTenant>();
  const versions = new ModelSuccession(new PreparedVersion(options.first.loaded), ticks);
  const openOrKnown = (name: string) => {
    const tenant = open.get(name) ?? openTenant(name, versions, [], { folder, changes, log });
    open.set(name, tenant);
    return tenant;
  };
  // Here and not when first asked for: what is used in there would be kept for ever, and the first model with it.
  const opening = [options.first.openingStock, options.stated];
  open.set(DEFAULT_TENANT, openTenant(DEFAULT_TENANT, versions, opening, { folder, changes, log }));
  changes.subscribe((change) => {
    if (change.kind === 'stock' || change.kind === 'rules') hear(openOrKnown(change.tenant), change);
    // Agreed on by all machines, and kept by the process that heard them.
    if (change.kind === 'stock' && !change.stated) folder.stock.correct(change.tenant, change.rows);
  });
  return {
    of: openOrKnown,
    servingFor(tenant, basketId) {
      const basket = basketId === undefined ? undefined : `${tenant}\n${basketId}`;
      return versions.versionFor(basket).servingFor(openOrKnown(tenant));
    },
    newestStockMs() {
      return Math.max(Number.NEGATIVE_INFINITY, ...[...open.values()].map(({ stock }) => stock.newestAsOfMs));
    },
    async prepare({ loaded, openingStock }, warmUp) {
      const prepared = new PreparedVersion(loaded);
      for (const tenant of open.values()) {
        await nextTurn();
        prepared.servingFor(tenant);
      }
      const main = openOrKnown(DEFAULT_TENANT);
      await warmUp(prepared.servingFor(main));
      await applyAll(main.stock, openingStock);
      return prepared;
    },
    succeed: (next) => versions.succeed(next),
    letGo: () => versions.letGo(),
    async readAgain() {
      for (const { name, stock, rules, replaceRules } of open.values()) {
        await applyAll(stock, newerThan(stock, folder.stock.loadAll(name)));
        const { version, rules: inForce } = rules.current();
        replaceRules(ruleBook(version, inForce));
      }
    },
  };
}

/** What another process or machine has done: it is on its way to the disk already, which the processes of a machine share. */
function hear(
  { stock, book, replaceRules }: OpenTenant,
  change: Extract<Change, { kind: 'stock' | 'rules' }>,
): void {
  if (change.kind === 'stock') for (const row of change.rows) stock.apply(row);
  else if (change.version > book.version) replaceRules(ruleBook(change.version, change.rules));
}

/** Of the same time the book's row is the later word: it reaches the disk some time after it is heard. */
function* newerThan(stock: StockBook, rows: Iterable<AbsoluteStockRow>): Iterable<AbsoluteStockRow> {
  for (const row of rows) {
    const held = stock.row(row.storeId, row.productId);
    if (held === undefined || held.asOfMs < row.asOfMs) yield row;
  }
}

async function applyAll(stock: StockBook, rows: Iterable<StockRow>): Promise<void> {
  let applied = 0;
  for (const row of rows) {
    stock.apply(row);
    if (++applied % STOCK_ROWS_AT_ONCE === 0) await nextTurn();
  }
}

/** A version bound to each tenant's stock and rules. */
export class PreparedVersion {
  readonly #loaded: LoadedModel;
  readonly #serving = new Map<string, ServingModel>();

  constructor(loaded: LoadedModel) {
    this.#loaded = loaded;
  }

  servingFor({ name, stock, book }: Pick<OpenTenant, 'name' | 'stock' | 'book'>): ServingModel {
    const bound = this.#serving.get(name) ?? this.#bind(name, stock, book);
    if (bound.rules().version !== book.version) bound.replaceRules(book);
    return bound;
  }

  #bind(tenant: string, stock: StockBook, book: RuleBook): ServingModel {
    // The tenant is in the name: whether a basket was ranked before is nobody else's business either.
    const cacheName = `${tenant}|${this.#loaded.cacheName}`;
    const bound = serveModel({ ...this.#loaded, cacheName }, stock, book);
    this.#serving.set(tenant, bound);
    return bound;
  }
}

function openTenant(
  name: string,
  versions: ModelSuccession<PreparedVersion>,
  opening: readonly (readonly StockRow[])[],
  { folder, changes, log }: Pick<OpenTenantsOptions, 'folder' | 'changes' | 'log'>,
): OpenTenant {
  const stock = new StockBook();
  for (const rows of [...opening, folder.stock.loadAll(name)]) for (const row of rows) stock.apply(row);
  const rules = keepRules(folder, name, changes);
  const { version, rules: inForce } = rules.current();
  let book = ruleBook(version, inForce);
  return {
    name,
    stock,
    rules,
    get book() {
      return book;
    },
    get serving() {
      return versions.current.servingFor(this);
    },
    replaceRules(next) {
      book = next;
    },
    keepStock(rows, stated) {
      for (let from = 0; from < rows.length; from += STOCK_ROWS_AT_ONCE) {
        const to = from + STOCK_ROWS_AT_ONCE;
        changes.publish({
          ...{ kind: 'stock', tenant: name },
          ...{ rows: rows.slice(from, to), stated: stated.slice(from, to) },
        });
      }
      const refused = folder.stock.put(name, rows);
      if (refused > 0) log.warn({ refused }, 'stock rows are not kept over a restart: the disk is behind');
    },
  };
}

/** A tenant's rules in the data folder, as the gateway keeps them. */
export function keepRules(
  { rules }: Pick<DataFolder, 'rules'>,
  tenant: string,
  changes: Changes,
): RulesKeeper {
  return {
    current() {
      const kept = rules.current(tenant);
      return { version: kept?.version ?? 0, rules: (kept?.document ?? []) as WireRule[] };
    },
    async replace(next, expectedVersion) {
      const { status, version } = await rules.put(tenant, next, expectedVersion);
      if (status !== 'stored') return undefined;
      changes.publish({ kind: 'rules', tenant, version, rules: next });
      return version;
    },
  };
}
