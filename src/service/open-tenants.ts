import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoadedVersion } from '../adapters/file-model-registry.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import type { Remembered } from '../adapters/version-worker.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import type { Change, Changes } from '../gateway/change.ts';
import type { RulesKeeper, TenantParts } from '../gateway/gateway-parts.ts';
import { ModelSuccession } from '../gateway/model-succession.ts';
import { ruleBook } from '../gateway/rule-routes.ts';
import { type LoadedModel, type ServingModel, serveModel } from '../gateway/serving-model.ts';
import type { WireRule } from '../gateway/wire.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import type { RuleBook } from '../recommender/rules.ts';
import { foldStock } from '../recommender/state-stock.ts';
import type { AbsoluteStockRow, StockRow } from '../recommender/stock.ts';
import { StockBook } from '../recommender/stock-book.ts';
import { takeStatements } from './take-statements.ts';

/** A version that can be put in service. */
export interface ServableVersion {
  readonly loaded: LoadedModel;
  /** For the tenant whose receipts it was learned from: the default one, or the one that owns the model. */
  readonly openingStock: readonly AbsoluteStockRow[];
  readonly customers: LoadedVersion['customers'];
  /** Paid baskets that it knows besides those it was learned from, or why it does not; absent where there are none. */
  readonly remembered?: Remembered | Error;
}

export interface OpenTenantsOptions {
  readonly first: ServableVersion;
  readonly folder: Pick<DataFolder, 'stock' | 'rules'>;
  /** Stock laid over the opening stock of the model, for the default tenant. */
  readonly stated: readonly StockRow[];
  readonly changes: Changes;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
}

/** Rolls out the models of one registry to the tenants they are for. */
export interface ModelRollout {
  /** Binds a version to the tenants in use, a little at a time; `warmUp` is given what would answer the first of them. */
  prepare(
    version: ServableVersion,
    warmUp: (serving: ServingModel) => Promise<void>,
  ): Promise<PreparedVersion>;
  /** Lets a prepared version answer all baskets that begin from now on. */
  succeed(next: PreparedVersion): void;
  /** Call now and then: frees the version before once its baskets are over; returns whether it is free. */
  letGo(): boolean;
}

export interface OpenTenants {
  of(tenant: string): TenantParts;
  /** Tenants in use. */
  inUse(): readonly OpenTenant[];
  /** The model that answers a basket: the one that answered it first, to the end of the basket. */
  servingFor(tenant: string, basketId: string | undefined): ServingModel;
  /** Time of the newest stock statement of any tenant in use, epoch ms; -Infinity before the first. */
  newestStockMs(): number;
  /** The models of all tenants that have none of their own. */
  readonly sharedRollout: ModelRollout;
  /** The models of one tenant alone; the shared ones answer that tenant until the first of them succeeds. */
  ownRollout(tenant: string): ModelRollout;
  /** Applies what other processes have put on the disk meanwhile, a little at a time. */
  readAgain(): Promise<void>;
}

/** A tenant in use: its own parts, over whichever model serves. */
export interface OpenTenant extends TenantParts {
  readonly name: string;
  /** Stores whose stock has changed, as this process was told or all machines agreed; whoever has dealt with one takes it out. */
  readonly toldStores: Set<string>;
  /** The rules in force. */
  readonly book: RuleBook;
}

type Versions = ModelSuccession<PreparedVersion>;

/** Rows applied without letting other work of this thread in between: about a millisecond. */
const STOCK_ROWS_AT_ONCE = 1000;

/** The tenants' own stock and rules over the model that is theirs, each read from disk when it is first asked for. */
export function openTenants(options: OpenTenantsOptions): OpenTenants {
  const { folder, changes, ticks } = options;
  const open = new Map<string, OpenTenant>();
  const shared = new ModelSuccession(new PreparedVersion(options.first.loaded), ticks);
  const own = new Map<string, Versions>();
  const versionsOf = (name: string) => own.get(name) ?? shared;
  const openOrKnown = (name: string) =>
    getOrMake(open, name, () => openTenant(name, versionsOf, [], { folder, changes, ticks }));
  // Here and not when first asked for: a function that uses the opening stock would be kept for ever, and the first model with it.
  const { first, stated } = options;
  const opening = stated.length > 0 ? foldStock([...first.openingStock, ...stated]) : first.openingStock;
  open.set(DEFAULT_TENANT, openTenant(DEFAULT_TENANT, versionsOf, opening, { folder, changes, ticks }));
  changes.subscribe((change) => {
    if (change.kind !== 'stock' && change.kind !== 'rules') return;
    const tenant = openOrKnown(change.tenant);
    hear(tenant, change);
    // Agreed on by all machines: nobody here was told of another machine's change.
    if (change.kind === 'stock' && !change.stated)
      for (const { storeId } of change.rows) tenant.toldStores.add(storeId);
  });
  return {
    of: openOrKnown,
    inUse: () => [...open.values()],
    servingFor(tenant, basketId) {
      const basket = basketId === undefined ? undefined : `${tenant}\n${basketId}`;
      return versionsOf(tenant).versionFor(basket).servingFor(openOrKnown(tenant));
    },
    newestStockMs() {
      return Math.max(Number.NEGATIVE_INFINITY, ...[...open.values()].map(({ stock }) => stock.newestAsOfMs));
    },
    sharedRollout: {
      prepare(version, warmUp) {
        const served = [...open.values()].filter(({ name }) => !own.has(name));
        return prepareFor([openOrKnown(DEFAULT_TENANT), ...served], version, warmUp);
      },
      succeed: (next) => shared.succeed(next),
      letGo: () => shared.letGo(),
    },
    ownRollout: (tenant) => ({
      prepare({ loaded, ...version }, warmUp) {
        const own = { ...version, loaded: { ...loaded, owner: tenant } };
        return prepareFor([openOrKnown(tenant)], own, warmUp);
      },
      succeed(next) {
        const versions = own.get(tenant);
        if (versions) versions.succeed(next);
        else own.set(tenant, new ModelSuccession(next, ticks, shared));
      },
      letGo: () => own.get(tenant)?.letGo() ?? true,
    }),
    async readAgain() {
      for (const { name, stock, rules, replaceRules } of open.values()) {
        await applyAll(stock, folder.stock.loadAll(name));
        const { version, rules: inForce } = rules.current();
        replaceRules(ruleBook(version, inForce));
      }
    },
  };
}

/** The first of the tenants is the one that a version was learned from. */
async function prepareFor(
  tenants: readonly [OpenTenant, ...OpenTenant[]],
  { loaded, openingStock }: ServableVersion,
  warmUp: (serving: ServingModel) => Promise<void>,
): Promise<PreparedVersion> {
  const prepared = new PreparedVersion(loaded);
  for (const tenant of tenants) {
    await nextTurn();
    prepared.servingFor(tenant);
  }
  const [owner] = tenants;
  await warmUp(prepared.servingFor(owner));
  await applyAll(owner.stock, openingStock);
  return prepared;
}

/** Applies what another process or machine has done: it is on the disk, which the processes of a machine share, or on its way there. */
function hear(
  { stock, book, replaceRules }: OpenTenant,
  change: Extract<Change, { kind: 'stock' | 'rules' }>,
): void {
  if (change.kind === 'stock') for (const row of change.rows) stock.apply(row);
  else if (change.version > book.version) replaceRules(ruleBook(change.version, change.rules));
}

async function applyAll(stock: StockBook, rows: Iterable<AbsoluteStockRow>): Promise<void> {
  let looked = 0;
  for (const row of rows) {
    stock.apply(row);
    if (++looked % STOCK_ROWS_AT_ONCE === 0) await nextTurn();
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
  versionsOf: (tenant: string) => Versions,
  opening: readonly AbsoluteStockRow[],
  { folder, changes, ticks }: Pick<OpenTenantsOptions, 'folder' | 'changes' | 'ticks'>,
): OpenTenant {
  const stock = new StockBook();
  const toldStores = new Set<string>();
  for (const rows of [opening, folder.stock.loadAll(name)]) for (const row of rows) stock.apply(row);
  const rules = keepRules(folder, name, changes);
  const { version, rules: inForce } = rules.current();
  let book = ruleBook(version, inForce);
  return {
    name,
    stock,
    toldStores,
    rules,
    get book() {
      return book;
    },
    get serving() {
      return versionsOf(name).current.servingFor(this);
    },
    replaceRules(next) {
      book = next;
    },
    stateStock: takeStatements({
      tenant: name,
      book: stock,
      store: folder.stock,
      changes,
      toldStores,
      ticks,
    }),
  };
}

/** A tenant's rules in the data folder, as the gateway keeps them. */
function keepRules({ rules }: Pick<DataFolder, 'rules'>, tenant: string, changes: Changes): RulesKeeper {
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
