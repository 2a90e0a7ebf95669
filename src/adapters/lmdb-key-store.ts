import type { Database, RootDatabase } from 'lmdb';
import type { KeyRecord, KeySession, KeyStore } from '../ledger/key-store.ts';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';

export interface LmdbKeyStoreOptions {
  /** Log-ins of one tenant kept at most; the first to end makes room. Default 5,000. */
  readonly sessionsMax?: number;
}

const UNREVOKED = 'unrevoked-keys';
/** Grows with every change of a key. */
const VERSION = 'keys-version';
/** Log-ins that are over, forgotten with each new one at most. */
const FORGOTTEN_AT_ONCE = 100;
const NEVER_MS = Number.MAX_SAFE_INTEGER;
/** Keys kept decoded at most. */
const DECODED_MAX = 10_000;

/** A log-in in the order in which those of a tenant end; its digest in base64. */
type SessionEnd = [tenant: string, expiresAtMs: number, digest: string];

/**
 * Keys by id and log-ins by the digest of their cookie. Every lookup reads the file's memory map, so that a commit by another process
 * counts from this process's next turn of the event loop. Keys stay decoded until one of them changes.
 */
export class LmdbKeyStore implements KeyStore {
  readonly #commits: LmdbGroupCommit;
  readonly #keys: Database<KeyRecord, string>;
  readonly #sessions: Database<KeySession, Buffer>;
  readonly #ends: Database<true, SessionEnd>;
  readonly #counters: Database<number, string>;
  readonly #sessionsMax: number;
  readonly #decoded = new Map<string, KeyRecord>();
  #unrevoked = 0;
  #seenVersion = -1;

  constructor(root: RootDatabase, commits: LmdbGroupCommit, options: LmdbKeyStoreOptions = {}) {
    this.#commits = commits;
    this.#keys = root.openDB(TABLES.keys);
    this.#sessions = root.openDB(TABLES.keySessions);
    this.#ends = root.openDB(TABLES.keySessionEnds);
    this.#counters = root.openDB(TABLES.counters);
    this.#sessionsMax = options.sessionsMax ?? 5_000;
  }

  hasUnrevoked(): boolean {
    this.#lookForChanges();
    return this.#unrevoked > 0;
  }

  find(id: string): KeyRecord | undefined {
    this.#lookForChanges();
    const known = this.#decoded.get(id);
    if (known !== undefined) return known;
    const found = this.#keys.get(id);
    if (found !== undefined && this.#decoded.size < DECODED_MAX) this.#decoded.set(id, found);
    return found;
  }

  list(): KeyRecord[] {
    // Other processes write too: the list must hold what they have committed.
    this.#keys.resetReadTxn();
    const keys = [...this.#keys.getRange()].map(({ value }) => value);
    return keys.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
  }

  /** @throws EventStoreUnavailable (rejects) when the disk cannot take it now, as do all methods that write */
  add(key: KeyRecord): Promise<boolean> {
    return this.#commits.commit(1, () => {
      if (this.#keys.doesExist(key.id)) return false;
      this.#keys.putSync(key.id, key);
      this.#count(1);
      return true;
    });
  }

  revoke(id: string, atMs: number): Promise<KeyRecord | undefined> {
    return this.#commits.commit(1, () => {
      const key = this.#keys.get(id);
      if (key === undefined || key.revokedAtMs !== undefined) return key;
      const revoked = { ...key, revokedAtMs: atMs };
      this.#keys.putSync(id, revoked);
      this.#count(-1);
      return revoked;
    });
  }

  findSession(digest: Uint8Array): KeySession | undefined {
    return this.#sessions.get(digest as Buffer);
  }

  openSession(digest: Uint8Array, session: KeySession, nowMs: number): Promise<void> {
    return this.#commits.commit(2, () => {
      const end = this.#endOf(digest as Buffer, session);
      this.#makeRoom(end[0], nowMs);
      this.#sessions.putSync(digest as Buffer, session);
      this.#ends.putSync(end, true);
    });
  }

  endSession(digest: Uint8Array): Promise<void> {
    return this.#commits.commit(2, () => {
      const session = this.#sessions.get(digest as Buffer);
      if (session) this.#forget(this.#endOf(digest as Buffer, session));
    });
  }

  #lookForChanges(): void {
    const version = this.#counters.get(VERSION) ?? 0;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    this.#decoded.clear();
    this.#unrevoked = this.#counters.get(UNREVOKED) ?? 0;
  }

  #makeRoom(tenant: string, nowMs: number): void {
    if (this.#ends.getKeysCount({ limit: 1 }) === 0) this.#orderSessions();
    const endingBefore = (ms: number) => ({ start: [tenant] as never, end: [tenant, ms] as never });
    const forgetFirst = (limit: number, ms: number) => {
      for (const end of [...this.#ends.getKeys({ ...endingBefore(ms), limit })]) this.#forget(end);
    };
    forgetFirst(FORGOTTEN_AT_ONCE, nowMs + 1);
    const tooMany = this.#ends.getKeysCount(endingBefore(NEVER_MS)) - this.#sessionsMax + 1;
    if (tooMany > 0) forgetFirst(tooMany, NEVER_MS);
  }

  /** What an earlier release has left: it kept log-ins in no order. */
  #orderSessions(): void {
    for (const { key, value } of this.#sessions.getRange()) this.#ends.putSync(this.#endOf(key, value), true);
  }

  #endOf(digest: Buffer, { keyId, expiresAtMs }: KeySession): SessionEnd {
    const tenant = this.#keys.get(keyId)?.tenant ?? '';
    return [tenant, expiresAtMs, Buffer.from(digest).toString('base64')];
  }

  #forget(end: SessionEnd): void {
    this.#ends.removeSync(end);
    this.#sessions.removeSync(Buffer.from(end[2], 'base64'));
  }

  #count(more: 1 | -1): void {
    this.#counters.putSync(VERSION, (this.#counters.get(VERSION) ?? 0) + 1);
    this.#counters.putSync(UNREVOKED, (this.#counters.get(UNREVOKED) ?? 0) + more);
  }
}
