import { z } from 'zod';
import type { FileModelRegistry, VerifyVersion } from './adapters/file-model-registry.ts';
import type { ModelManifest } from './adapters/model-manifest.ts';
import { DEFAULT_TENANT } from './gateway/access.ts';
import type { PartState } from './gateway/gateway-parts.ts';
import type { ModelChange, ModelKeeper, ModelVersion } from './gateway/model-keeper.ts';
import type { Log } from './gateway/telemetry-port.ts';
import type { ModelLine, PreparedVersion, ServableVersion } from './open-tenants.ts';
import { CUSTOMERS_UNKNOWN } from './served-version.ts';
import type { WarmUp } from './warm-up.ts';

export interface ModelFollowerParts {
  readonly registry: FileModelRegistry;
  readonly line: ModelLine;
  /** The tenant whose models these are; absent for those that all share. */
  readonly owner?: string;
  readonly warmUp: WarmUp;
  readonly log: Log;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  /** What serves now: a name in the registry, or the folder it was started with; none yet of a tenant's own. */
  readonly serving: string | undefined;
  /** Whether that was asked for at the start: it then serves until the end. */
  readonly isFixed: boolean;
  /** Reads and verifies the folder of a version. */
  readonly load: (folder: string) => Promise<ServableVersion>;
}

/** How often the registry is asked which version is to serve: every gateway on it changes within a second and the loading. */
const POLL_MS = 500;
/** Until a version that was refused is tried again: its files may have been on their way. */
const RETRY_MS = 30_000;
/** Versions listed, the newest of so many by name. */
const LISTED_MAX = 100;

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

  constructor(parts: ModelFollowerParts) {
    this.tenant = parts.owner ?? DEFAULT_TENANT;
    this.#parts = parts;
    this.#serving = parts.serving;
  }

  /** Asks the registry now and from now on. */
  start(): void {
    if (this.#parts.isFixed) return;
    this.#timer = setInterval(() => void this.follow(), POLL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get state(): PartState {
    const { owner } = this.#parts;
    const name = owner === undefined ? 'model' : `model of ${owner}`;
    const trouble = this.#trouble;
    const serving = `${this.#serving ?? 'the shared one'} serves`;
    if (!trouble) return { name, state: serving, isHealthy: true };
    return { name, state: `${serving}; ${trouble.version} does not: ${trouble.reason}`, isHealthy: false };
  }

  /** Puts the champion in service when it is another than serves. Never rejects. */
  async follow(): Promise<void> {
    const { registry, line, isFixed } = this.#parts;
    if (this.#isAtWork || isFixed) return;
    line.letGo();
    const seen = this.#changes;
    const champion = await registry.champion().catch((error: Error) => error);
    // Where somebody has asked for a change meanwhile, what was read is out of date.
    if (this.#isAtWork || seen !== this.#changes) return;
    if (champion instanceof Error) {
      if (this.#serving !== undefined || !isMissing(champion)) this.#refuse('the champion', champion);
    } else if (champion === this.#serving) this.#trouble = undefined;
    else if (this.#mayTry(champion)) await this.#work(() => this.#take(champion));
  }

  /** The same, also for a champion that was refused before. */
  followAgain(): Promise<void> {
    if (this.#trouble) this.#trouble = { ...this.#trouble, retryAt: Number.NEGATIVE_INFINITY };
    return this.follow();
  }

  async list(): Promise<ModelVersion[]> {
    const names = (await this.#parts.registry.list()).slice(-LISTED_MAX);
    const versions = await Promise.all(names.map((name) => this.#describe(name)));
    return versions.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
  }

  async promote(version: string): Promise<ModelChange> {
    if (!(await this.#parts.registry.list()).includes(version))
      return { status: 'unknown', reason: `There is no version '${version.slice(0, 100)}' in the registry.` };
    return this.#change(async (verify) => {
      await this.#parts.registry.promote(version, verify);
      return version;
    });
  }

  rollback(): Promise<ModelChange> {
    return this.#change((verify) => this.#parts.registry.rollback(verify));
  }

  /** @param write changes the champion once `verify` has let the version pass; its name */
  async #change(write: (verify: VerifyVersion) => Promise<string>): Promise<ModelChange> {
    if (this.#parts.isFixed) {
      const reason = `Wanted a gateway that follows the registry; this one was started with --model ${this.#serving}. Start it without.`;
      return { status: 'fixed', reason };
    }
    if (this.#isAtWork) return { status: 'busy', reason: 'Another version is just being loaded.' };
    return this.#work(async () => {
      const before = this.#serving;
      let prepared: PreparedVersion | undefined;
      try {
        const version = await write(async (name) => {
          if (name !== before) prepared = await this.#prepare(name);
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
      this.#serve(champion, await this.#prepare(champion));
      this.#trouble = undefined;
    } catch (error) {
      this.#refuse(champion, error as Error);
    }
  }

  /** One at a time. */
  async #work<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#isAtWork = true;
    try {
      return await act();
    } finally {
      this.#isAtWork = false;
      this.#changes++;
    }
  }

  async #prepare(name: string): Promise<PreparedVersion> {
    const { registry, line, warmUp, load, log } = this.#parts;
    const version = await load(registry.folderOf(name));
    if (version.customers === 'unknown') log.warn({ version: name }, CUSTOMERS_UNKNOWN);
    return line.prepare(version, warmUp);
  }

  #serve(name: string, prepared: PreparedVersion): void {
    const { line, log } = this.#parts;
    line.succeed(prepared);
    log.info({ modelVersion: name, before: this.#serving }, 'another model serves');
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

  async #describe(name: string): Promise<ModelVersion> {
    const { registry } = this.#parts;
    const manifest = await registry.manifest(name).catch(() => undefined);
    return {
      version: name,
      isServing: name === this.#serving,
      createdAt: manifest?.createdAt ?? null,
      data: manifest ? learnedFrom(manifest) : null,
      evaluation: await registry.read(name, 'evaluation.json').then(summaryOf, () => null),
    };
  }
}

function isMissing({ cause }: Error): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function learnedFrom({ data: { baskets, products, from, to } }: ModelManifest): ModelVersion['data'] {
  return { baskets, products, from, to };
}

/** An error with a code comes from the disk, any other from the version. */
function refusalOf({ code, message }: NodeJS.ErrnoException): ModelChange {
  if (code === undefined) return { status: 'refused', reason: message };
  return { status: 'unavailable', reason: `The registry failed: ${message}.` };
}

const evaluationSchema = z
  .object({
    questions: z.number(),
    ours: z.object({
      hitRate: z.object({ 10: z.number() }),
      ndcg10: z.number(),
      mrr: z.number(),
      coverage: z.number(),
    }),
  })
  .transform(({ questions, ours: { hitRate, ndcg10, mrr, coverage } }) => {
    return { questions, hitRate10: hitRate[10], ndcg10, mrr, coverage };
  });

function summaryOf(bytes: Uint8Array): ModelVersion['evaluation'] {
  return evaluationSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null;
}
