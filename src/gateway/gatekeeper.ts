import { randomBytes, timingSafeEqual } from 'node:crypto';
import { DAY_MS } from '../ledger/instant.ts';
import type { KeyRecord, KeyStore } from '../ledger/key-store.ts';
import { type Access, isScope } from './access.ts';
import { digestOf, isKeyShaped, keyIdOf } from './api-key.ts';
import { Problem } from './problem.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface GatekeeperParts {
  readonly keys: KeyStore;
  /** Whether only this machine can connect. If not, nobody is let in without a key, whatever happens to the keys. */
  readonly listensOnLoopback: boolean;
  /** Requests and live messages per second of one key; twice as many in one burst. */
  readonly requestsPerSecond: number;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
}

/** How long a page stays logged in. */
export const SESSION_MS = DAY_MS;
const SESSION_BYTES = 32;
const SESSION_PATTERN = /^[\w-]{43}$/;

/** Decides who may come in. Asks the store each time, so that a revoked key is out at once in every process. */
export class Gatekeeper {
  readonly #parts: GatekeeperParts;
  readonly #buckets: TokenBuckets;
  readonly #accesses = new WeakMap<KeyRecord, Access>();

  constructor(parts: GatekeeperParts) {
    this.#parts = parts;
    const { requestsPerSecond, ticks } = parts;
    this.#buckets = new TokenBuckets({ perSecond: requestsPerSecond, burst: 2 * requestsPerSecond }, ticks);
  }

  /**
   * Whether there are no keys, so that everybody on this machine may do everything. An expired key still closes the
   * gateway: time alone never opens it, only revoking the last key does.
   */
  isOpen(): boolean {
    return this.#parts.listensOnLoopback && !this.#parts.keys.hasUnrevoked();
  }

  /** @throws Problem 'unauthorized' */
  admitKey(key: string): Access {
    const digest = isKeyShaped(key) ? digestOf(key) : undefined;
    const record = digest && this.#parts.keys.find(keyIdOf(digest));
    if (!digest || !record || !timingSafeEqual(digest, record.digest)) throw refusal('an unknown key');
    return this.#accessOf(record);
  }

  /** The access of a page's cookie. @throws Problem 'unauthorized' */
  admitSession(token: string): Access {
    const session = SESSION_PATTERN.test(token) ? digestOf(token) : undefined;
    const record = session && this.#keyOf(session);
    if (!record) throw refusal('a log-in that is over');
    return { ...this.#accessOf(record), session };
  }

  /** Whether an access given earlier would be given now. */
  stillAdmits(access: Access): boolean {
    if (access.keyId === undefined) return this.isOpen();
    const { keys, nowMs } = this.#parts;
    const record = access.session ? this.#keyOf(access.session) : keys.find(access.keyId);
    return record !== undefined && isLive(record, nowMs());
  }

  /** Counts one request against the key's rate. @throws Problem 'too-many-requests' */
  spend({ keyId }: Access): void {
    const waitMs = keyId === undefined ? 0 : this.#buckets.take(keyId);
    if (waitMs === 0) return;
    const { requestsPerSecond } = this.#parts;
    throw new Problem(
      'too-many-requests',
      `Wanted at most ${requestsPerSecond} requests a second of one key, ${2 * requestsPerSecond} in one burst.`,
      { retryAfterS: Math.ceil(waitMs / 1000) },
    );
  }

  /** Logs a page in; resolves with the cookie's value once it is on disk. */
  async openSession(keyId: string): Promise<string> {
    const token = randomBytes(SESSION_BYTES).toString('base64url');
    const { keys, nowMs } = this.#parts;
    await keys.openSession(digestOf(token), { keyId, expiresAtMs: nowMs() + SESSION_MS }, nowMs());
    return token;
  }

  async endSession({ session }: Access): Promise<void> {
    if (session) await this.#parts.keys.endSession(session);
  }

  #keyOf(session: Uint8Array): KeyRecord | undefined {
    const { keys, nowMs } = this.#parts;
    const found = keys.findSession(session);
    return found && found.expiresAtMs > nowMs() ? keys.find(found.keyId) : undefined;
  }

  #accessOf(record: KeyRecord): Access {
    const { id, tenant, scope, stores, agentId } = record;
    const why = trouble(record, this.#parts.nowMs());
    if (why !== undefined || !isScope(scope))
      throw refusal(why ?? 'a key of a scope this release does not know');
    const known = this.#accesses.get(record);
    if (known) return known;
    const access: Access = {
      tenant,
      scope,
      keyId: id,
      ...(stores && { stores: new Set(stores) }),
      ...(agentId !== undefined && { agentId }),
    };
    this.#accesses.set(record, access);
    return access;
  }
}

/** Whether a key opens anything at that time. */
export function isLive(record: KeyRecord, nowMs: number): boolean {
  return trouble(record, nowMs) === undefined;
}

/** Why a key is refused; undefined for a valid one. */
function trouble({ revokedAtMs, expiresAtMs }: KeyRecord, nowMs: number): string | undefined {
  if (revokedAtMs !== undefined) return 'a revoked key';
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) return 'an expired key';
  return undefined;
}

function refusal(got: string): Problem {
  return new Problem('unauthorized', `Wanted a valid key in Authorization: Bearer KEY; got ${got}.`);
}
