import type { FileModelRegistry, VerifyVersion } from '../adapters/file-model-registry.ts';
import { learnedTime } from '../adapters/newer-sales.ts';
import type { Remembered } from '../adapters/version-worker.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import type { PartState } from '../gateway/gateway-parts.ts';
import type { ModelChange, ModelEvaluation, ModelKeeper, ModelVersion } from '../gateway/model-keeper.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { listVersions } from './list-versions.ts';
import type { ModelRollout, PreparedVersion, ServableVersion } from './open-tenants.ts';
import { readEvaluation } from './read-evaluation.ts';
import { repeat } from './repeat.ts';
import { CUSTOMERS_UNKNOWN } from './served-version.ts';
import type { WarmUp } from './warm-up.ts';

export interface ModelFollowerParts {
  readonly registry: FileModelRegistry;
  readonly rollout: ModelRollout;
  /** The tenant whose models these are; absent for those that all share. */
  readonly owner?: string;
  readonly warmUp: WarmUp;
  readonly log: Log;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  /** What serves now: a name in the registry, or the folder it was started with; undefined while a tenant has none of its own. */
  readonly serving: string | undefined;
  /** The keeper whose models answer the tenant until a version of its own serves. */
  readonly before?: ModelKeeper;
  /** Whether the serving version was asked for at the start: it then serves until the end. */
  readonly isFixed: boolean;
  /** Reads and verifies the folder of a version, with what was sold since it was learned, by the tenant's ledger. */
  readonly load: (folder: string, tenant: string) => Promise<ServableVersion>;
  /** How often the version in service learns of what was sold since; never when absent. */
  readonly rememberMs?: number;
  /** Number of the tenant's newest event: unless it grows, nothing was sold. */
  readonly lastArrival: (tenant: string) => number | undefined;
}

/** A version as it was read, the newer sales it remembers, and the number of the ledger's newest event then. */
interface Loaded {
  readonly version: ServableVersion;
  readonly remembered: Remembered | undefined;
  readonly arrival: number | undefined;
}

/** One that is ready to serve. */
interface Prepared extends Loaded {
  readonly prepared: PreparedVersion;
}

/** How often the registry is asked which version is to serve: every gateway on it changes within a second plus the time of loading. */
const POLL_MS = 500;
/** Wait before a version that was refused is tried again: its files may have been on their way. */
const RETRY_MS = 30_000;
/** Soon after a start, as the sales before it are newer than the version too; but not all processes of a start at once. */
const REMEMBER_FIRST_MS = 30_000;
const REMEMBER_SPREAD_MS = 30_000;
const UNKNOWN_SALES = 'the model could not be updated with recent sales yet';

/**
 * Keeps the champion of the registry in service. A version is read, verified and warmed beside the one that serves and
 * then takes its place at once; one that does not pass is never served, and the state says why.
 */
export class ModelFollower implements ModelKeeper {
  readonly tenant: string;
  readonly #parts: ModelFollowerParts;
  #serving: string | undefined;
  #isAtWork = false;
  /** Changes tried so far. */
  #changes = 0;
  #trouble: { readonly version: string; readonly reason: string; readonly retryAt: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #endRemembering: (() => void) | undefined;
  #remembering: Promise<void> | undefined;
  /** What the version in service knows besides what it was learned from, and up to which event. */
  #remembered: Remembered | undefined;
  #arrivalSeen: number | undefined;

  constructor(parts: ModelFollowerParts) {
    this.tenant = parts.owner ?? DEFAULT_TENANT;
    this.#parts = parts;
    this.#serving = parts.serving;
  }

  /** Asks the registry, and the ledger, from now on. */
  start(): void {
    const { rememberMs } = this.#parts;
    if (rememberMs !== undefined) {
      const firstMs = Math.min(rememberMs, REMEMBER_FIRST_MS + Math.random() * REMEMBER_SPREAD_MS);
      this.#endRemembering = repeat(() => this.remember(), { firstMs, everyMs: rememberMs });
    }
    this.#timer = setInterval(() => void this.follow(), POLL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#endRemembering?.();
  }

  get rememberedBaskets(): number {
    const { before } = this.#parts;
    if (this.#serving === undefined && before) return before.rememberedBaskets;
    return this.#remembered?.baskets ?? 0;
  }

  get state(): PartState {
    const { owner } = this.#parts;
    const name = owner === undefined ? 'model' : `model of ${owner}`;
    const trouble = this.#trouble;
    const sold = this.#remembered ? ` with ${this.#remembered.baskets} baskets sold since` : '';
    const serving = `${this.#serving ?? 'the shared one'} serves${sold}`;
    if (!trouble) return { name, state: serving, isHealthy: true };
    return { name, state: `${serving}; ${trouble.version} does not: ${trouble.reason}`, isHealthy: false };
  }

  /** Puts the champion in service when another version serves. Never rejects. */
  async follow(): Promise<void> {
    const { registry, rollout, isFixed } = this.#parts;
    if (this.#isAtWork) return;
    rollout.letGo();
    if (isFixed) return;
    const seen = this.#changes;
    const champion = await registry.champion().catch((error: Error) => error);
    // Where somebody has asked for a change meanwhile, what was read is out of date.
    if (this.#isAtWork || seen !== this.#changes) return;
    if (champion instanceof Error) {
      if (this.#serving !== undefined || !isMissing(champion)) this.#refuse('the champion', champion);
    } else if (champion === this.#serving) this.#trouble = undefined;
    else if (this.#mayTry(champion)) await this.#work(() => this.#take(champion));
  }

  /**
   * Lets the version in service know what was sold since, if anything was: it is read again while it serves, and then replaces itself as
   * another version would. Not while baskets of the version before are still answered: they would be cut off. Never rejects.
   */
  remember(): Promise<void> {
    this.#remembering = this.#rememberNow().catch((err) =>
      this.#parts.log.warn({ modelVersion: this.#serving, err }, UNKNOWN_SALES),
    );
    return this.#remembering;
  }

  async #rememberNow(): Promise<void> {
    const { rollout, registry, lastArrival } = this.#parts;
    const name = this.#serving;
    if (this.#isAtWork || name === undefined || !rollout.letGo()) return;
    if (lastArrival(this.tenant) === this.#arrivalSeen) return;
    await this.#work(async () => {
      if (!learnedTime(await registry.manifest(name))) return;
      const loaded = await this.#load(name);
      const { version, remembered, arrival } = loaded;
      this.#arrivalSeen = arrival;
      if (!remembered || remembered.digest === this.#remembered?.digest) return;
      // Its opening stock has been known since it began to serve.
      this.#serve(name, await this.#prepare({ ...loaded, version: { ...version, openingStock: [] } }));
    });
  }

  /** As `follow`, also for a champion that was refused before. */
  followAgain(): Promise<void> {
    if (this.#trouble) this.#trouble = { ...this.#trouble, retryAt: Number.NEGATIVE_INFINITY };
    return this.follow();
  }

  list(): Promise<ModelVersion[]> {
    return listVersions(this.#parts.registry, this.#serving);
  }

  async evaluation(version: string): Promise<ModelEvaluation | undefined> {
    return (await this.#isListed(version)) ? readEvaluation(this.#parts.registry, version) : undefined;
  }

  async promote(version: string): Promise<ModelChange> {
    if (!(await this.#isListed(version)))
      return { status: 'unknown', reason: `There is no version '${version.slice(0, 100)}' in the registry.` };
    return this.#change(async (verify) => {
      await this.#parts.registry.promote(version, verify);
      return version;
    });
  }

  rollback(): Promise<ModelChange> {
    return this.#change((verify) => this.#parts.registry.rollback(verify));
  }

  async #isListed(version: string): Promise<boolean> {
    return (await this.#parts.registry.list()).includes(version);
  }

  /** @param write changes the champion once `verify` has let the version pass; resolves with its name */
  async #change(write: (verify: VerifyVersion) => Promise<string>): Promise<ModelChange> {
    if (this.#parts.isFixed) {
      const reason = `Wanted a gateway that follows the registry; this one was started with --model ${this.#serving}. Start it without.`;
      return { status: 'fixed', reason };
    }
    await this.#remembering;
    if (this.#isAtWork) return { status: 'busy', reason: 'Another version is being loaded.' };
    return this.#work(async () => {
      const before = this.#serving;
      let prepared: Prepared | undefined;
      try {
        const version = await write(async (name) => {
          if (name !== before) prepared = await this.#prepare(await this.#load(name));
        });
        if (prepared) this.#serve(version, prepared);
        this.#trouble = undefined;
        return { status: 'serving', version, before: before ?? null };
      } catch (error) {
        this.#parts.log.error({ serving: before, err: error }, 'model not changed');
        return refusalOf(error as NodeJS.ErrnoException);
      }
    });
  }

  async #take(champion: string): Promise<void> {
    try {
      this.#serve(champion, await this.#prepare(await this.#load(champion)));
      this.#trouble = undefined;
    } catch (error) {
      this.#refuse(champion, error as Error);
    }
  }

  /** Marks that work is under way, as only one piece may be. */
  async #work<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#isAtWork = true;
    try {
      return await act();
    } finally {
      this.#isAtWork = false;
      this.#changes++;
    }
  }

  async #load(name: string): Promise<Loaded> {
    const { registry, load, log, lastArrival } = this.#parts;
    const arrival = lastArrival(this.tenant);
    const version = await load(registry.folderOf(name), this.tenant);
    if (version.customers === 'unknown') log.warn({ version: name }, CUSTOMERS_UNKNOWN);
    const { remembered } = version;
    if (!(remembered instanceof Error)) return { version, remembered, arrival };
    log.warn({ version: name, err: remembered }, UNKNOWN_SALES);
    return { version, remembered: undefined, arrival };
  }

  async #prepare(loaded: Loaded): Promise<Prepared> {
    const { rollout, warmUp } = this.#parts;
    return { ...loaded, prepared: await rollout.prepare(loaded.version, warmUp) };
  }

  #serve(name: string, { prepared, remembered, arrival }: Prepared): void {
    const { rollout, log } = this.#parts;
    rollout.succeed(prepared);
    this.#remembered = remembered;
    this.#arrivalSeen = arrival;
    const facts = { modelVersion: name, ...(remembered && { soldSince: remembered.baskets }) };
    if (name === this.#serving) log.info(facts, 'the model has been updated with recent sales');
    else log.info({ ...facts, before: this.#serving }, 'another model is in service');
    this.#serving = name;
  }

  #mayTry(version: string): boolean {
    return this.#trouble?.version !== version || this.#parts.ticks() >= this.#trouble.retryAt;
  }

  #refuse(version: string, error: Error): void {
    const { log, ticks } = this.#parts;
    const isNews = this.#trouble?.version !== version || this.#trouble.reason !== error.message;
    this.#trouble = { version, reason: error.message, retryAt: ticks() + RETRY_MS };
    if (isNews) log.error({ modelVersion: version, serving: this.#serving, err: error }, 'model refused');
  }
}

function isMissing({ cause }: Error): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

/** An error with a code comes from the disk, any other from the version. */
function refusalOf({ code, message }: NodeJS.ErrnoException): ModelChange {
  if (code === undefined) return { status: 'refused', reason: message };
  return { status: 'unavailable', reason: `The registry failed: ${message}.` };
}
