import type { FileModelRegistry, VerifyVersion } from '../adapters/file-model-registry.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { RedisChangeBus } from '../adapters/redis-change-bus.ts';
import { loadVersionInThread } from '../adapters/version-thread.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import type { Change } from '../gateway/change.ts';
import type { PartState } from '../gateway/gateway-parts.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { rulesRequestSchema } from '../gateway/wire.ts';
import type { BusFacts, SharedChange } from '../recommender/shared-change.ts';
import type { AbsoluteStockRow } from '../recommender/stock.ts';
import { atMostEvery } from './at-most-every.ts';
import { ChampionRelay } from './champion-relay.ts';

export interface MachineExchangeOptions {
  readonly redisUrl: string;
  readonly folder: Pick<DataFolder, 'stock' | 'rules' | 'keys' | 'busPosition'>;
  readonly registry: FileModelRegistry;
  /** Throws unless a version can be served; in a thread of its own by default. */
  readonly verify?: VerifyVersion;
  /** Whether this machine serves what it was started with, whatever is promoted. */
  readonly isModelFixed: boolean;
  /** Tells the processes of this machine what others said, which is on its way to the disk. */
  readonly pass: (change: Change) => void;
  readonly log: Log;
}

/** Most tenants kept here: names come from Redis, and each tenant has a stock book of its own. */
const TENANTS_MAX = 1_000;
const ROWS_AT_ONCE = 200;
const KEEP_POSITION_MS = 1_000;
const SAY_TROUBLE_MS = 5_000;

/**
 * One machine among several, each with its own data folder: tells the others what its processes publish, and keeps and
 * passes on what they say. One process of a machine has it.
 */
export class MachineExchange {
  readonly #options: MachineExchangeOptions;
  readonly #bus: RedisChangeBus;
  readonly #champion: ChampionRelay | undefined;
  readonly #tenants: Set<string>;
  #skipped = 0;
  #timer: NodeJS.Timeout | undefined;
  #kept = '';

  constructor(options: MachineExchangeOptions) {
    this.#options = options;
    const { redisUrl, folder, registry, log } = options;
    const verifyBeside = (version: string) => loadVersionInThread({ folder: registry.folderOf(version) });
    const kept = folder.busPosition.get();
    this.#tenants = new Set([DEFAULT_TENANT, ...folder.keys.list().map(({ tenant }) => tenant)]);
    this.#bus = new RedisChangeBus({
      url: redisUrl,
      from: kept?.heard,
      mustTellAll: kept?.isAllTold !== true,
      hear: (changes) => this.#hear(changes),
      all: () => this.#all(),
      onTrouble: atMostEvery(SAY_TROUBLE_MS, (err: Error) =>
        log.warn({ err }, 'no exchange of changes with the other machines; this one keeps answering'),
      ),
    });
    if (!options.isModelFixed)
      this.#champion = new ChampionRelay({
        registry,
        log,
        seen: kept?.champion,
        verify: options.verify ?? verifyBeside,
        tell: (change) => this.#bus.tell(change),
      });
  }

  /** Includes, as skipped, what this process heard and could not use. */
  get facts(): BusFacts {
    const { facts } = this.#bus;
    return { ...facts, skipped: facts.skipped + this.#skipped };
  }

  start(): void {
    this.#bus.start();
    this.#champion?.start();
    this.#timer = setInterval(() => void this.#keepPosition(), KEEP_POSITION_MS);
  }

  /** Neither waits nor throws. */
  tell(change: Change): void {
    // Baskets and what was refused before stay on the machine.
    if (change.kind === 'orphan' || change.kind === 'refusals') return;
    if (change.kind !== 'refusal') this.#tenants.add(change.tenant);
    this.#bus.tell(change);
  }

  /** Tells what is still to be told, as far as a short wait allows. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#champion?.stop();
    await this.#bus.close();
    await this.#keepPosition();
  }

  /** Resolves when all is on the disk or on its way there; rejects when the disk refuses, and then the changes come again. */
  async #hear(changes: readonly SharedChange[]): Promise<void> {
    for (const change of changes) {
      if (change.kind === 'champion') this.#champion?.follow(change.version);
      else if (!this.#isKnown(change.tenant)) this.#skipped++;
      else if (change.kind === 'stock') await this.#hearStock(change.tenant, change.rows);
      else if (change.kind === 'rules') await this.#hearRules(change);
      else this.#options.pass(change);
    }
  }

  async #hearStock(tenant: string, rows: readonly AbsoluteStockRow[]): Promise<void> {
    const { folder, pass } = this.#options;
    pass({ kind: 'stock', tenant, rows });
    if (folder.stock.adopt(tenant, rows) === 0) return;
    await folder.stock.flush();
    folder.stock.adopt(tenant, rows);
  }

  async #hearRules({ tenant, version, rules }: Extract<SharedChange, { kind: 'rules' }>): Promise<void> {
    const { folder, pass, log } = this.#options;
    const parsed = rulesRequestSchema.safeParse({ rules });
    if (!parsed.success) {
      this.#skipped++;
      log.error(
        { tenant, version },
        'rules of another gateway cannot be parsed here; do both run the same release?',
      );
      return;
    }
    const before = folder.rules.current(tenant);
    if (!(await folder.rules.adopt(tenant, { version, document: rules }))) return;
    log.info({ tenant, version, before: before?.version ?? 0 }, 'rules set on another gateway are in force');
    pass({ kind: 'rules', tenant, version, rules: parsed.data.rules });
  }

  #isKnown(tenant: string): boolean {
    if (this.#tenants.size < TENANTS_MAX) this.#tenants.add(tenant);
    return this.#tenants.has(tenant);
  }

  *#all(): Iterable<SharedChange> {
    const { folder } = this.#options;
    for (const tenant of this.#tenants) {
      const kept = folder.rules.current(tenant);
      if (kept) yield { kind: 'rules', tenant, version: kept.version, rules: kept.document };
      let rows: AbsoluteStockRow[] = [];
      for (const row of folder.stock.loadAll(tenant)) {
        rows.push(row);
        if (rows.length < ROWS_AT_ONCE) continue;
        yield { kind: 'stock', tenant, rows };
        rows = [];
      }
      if (rows.length > 0) yield { kind: 'stock', tenant, rows };
    }
    const champion = this.#champion?.known;
    if (champion) yield champion;
  }

  /** Keeps the position once all that was heard up to it is on the disk. Never rejects. */
  async #keepPosition(): Promise<void> {
    const { folder, log } = this.#options;
    const position = {
      heard: this.#bus.position,
      isAllTold: this.#bus.isAllTold,
      champion: this.#champion?.seen,
    };
    const text = JSON.stringify(position);
    if (text === this.#kept) return;
    try {
      await folder.stock.flush();
      await folder.busPosition.put(position);
      this.#kept = text;
    } catch (error) {
      log.warn(
        { err: error },
        'could not store on disk how far the changes of other machines have been read',
      );
    }
  }
}

/** For `/readyz`. */
export function busState({ isConnected, lagSeconds, pending }: BusFacts): PartState {
  const isHealthy = isConnected && lagSeconds < UNHEALTHY_SECONDS;
  const behind = `${lagSeconds.toFixed(1)} s behind, ${pending} changes to send`;
  return { name: 'bus', state: `${isConnected ? 'connected' : 'unavailable'}, ${behind}`, isHealthy };
}

const UNHEALTHY_SECONDS = 5;
