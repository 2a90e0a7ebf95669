import type { FileModelRegistry, VerifyVersion } from '../adapters/file-model-registry.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import type { SharedChange } from '../recommender/shared-change.ts';

export interface ChampionRelayOptions {
  readonly registry: FileModelRegistry;
  /** Throws unless a version can be served; does not hold up this thread. */
  readonly verify: VerifyVersion;
  readonly tell: (change: SharedChange) => void;
  readonly log: Log;
  /** The champion when this machine last looked; if it is another one now, that was promoted meanwhile. */
  readonly seen: string | undefined;
}

const LOOK_MS = 500;
/** Wait before a version that is missing here, or was refused, is tried again: its files may be on their way. */
const RETRY_MS = 30_000;

/**
 * Keeps the champions of several machines' registries the same: tells the others of a promotion here, whoever made it, and promotes what
 * they promoted where the version exists and passes its checks.
 */
export class ChampionRelay {
  readonly #options: ChampionRelayOptions;
  #seen: string | undefined;
  #wanted: { readonly version: string; retryAt: number } | undefined;
  #isAtWork = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChampionRelayOptions) {
    this.#options = options;
    this.#seen = options.seen;
  }

  get seen(): string | undefined {
    return this.#seen;
  }

  /** What to tell a Redis that knows of no promotion; one that it knows counts instead. */
  get known(): SharedChange | undefined {
    return this.#seen === undefined ? undefined : { kind: 'champion', version: this.#seen, isOld: true };
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
    this.#timer.unref();
    void this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Another machine has put a version in service. */
  follow(version: string): void {
    this.#wanted = { version, retryAt: Number.NEGATIVE_INFINITY };
  }

  /** Never rejects. */
  async look(): Promise<void> {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    try {
      const champion = await this.#options.registry.champion();
      if (champion === this.#wanted?.version) this.#wanted = undefined;
      else if (this.#seen !== undefined && champion !== this.#seen) {
        this.#wanted = undefined;
        this.#options.tell({ kind: 'champion', version: champion, isOld: false });
      } else if (this.#wanted && performance.now() >= this.#wanted.retryAt) {
        await this.#promote(this.#wanted);
        return;
      }
      this.#seen = champion;
    } catch (error) {
      // Whoever follows the registry says what is wrong with it.
      this.#options.log.debug({ err: error }, 'the champion cannot be read');
    } finally {
      this.#isAtWork = false;
    }
  }

  async #promote(wanted: { readonly version: string; retryAt: number }): Promise<void> {
    const { registry, verify, log } = this.#options;
    const { version } = wanted;
    const isFirst = wanted.retryAt === Number.NEGATIVE_INFINITY;
    wanted.retryAt = performance.now() + RETRY_MS;
    const isHere = (await registry.list()).includes(version);
    if (!isHere && !isFirst) return;
    try {
      if (!isHere) throw new Error('it is not in this registry: copy it into the registry');
      await registry.promote(version, verify);
      this.#seen = version;
      log.info(
        { modelVersion: version },
        'another machine put a version in service; it has been promoted here too',
      );
    } catch (error) {
      log.error(
        { modelVersion: version, err: error },
        'a version that another machine put in service could not be promoted here',
      );
    }
  }
}
