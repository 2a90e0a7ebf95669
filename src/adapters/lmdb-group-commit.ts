import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { EventStoreUnavailable } from '../ledger/event-store.ts';

export interface GroupCommitLimits {
  /** Rows waiting for the disk at most; more are refused as `overloaded`. Default 20,000. */
  readonly pendingRowsMax?: number;
  /** Rows of one transaction, whose writing holds this thread; a larger part is not split. Default 100, about 2 ms. */
  readonly commitRowsMax?: number;
  /** Milliseconds one commit may take before those who wait are told `unavailable`. Default 5,000. */
  readonly commitTimeoutMs?: number;
}

export interface CommitPart<Result> {
  /** About how many rows it writes. */
  readonly rows: number;
  readonly write: () => Result;
  /** Called when it reached the disk after all, although its promise was rejected because of the time it took. */
  readonly onLate?: ((result: Result) => void) | undefined;
}

interface Job extends CommitPart<unknown> {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** EDQUOT, EFBIG, ENOSPC and LMDB's map full: there is no more room. */
const FULL_CODES = new Set([122, 27, 28, -30792]);
/** Less space than this counts as none: LMDB answers a short write on a full disk with a plain EIO. */
const SPACE_MIN_BYTES = 1024 * 1024;
/** Trouble lasts at least this long: even on a full disk small commits find a page now and then. */
const TROUBLE_MS_MIN = 5_000;

/**
 * The one writer of an LMDB environment. Writes that wait while a commit is on its way to disk go together into the next, so that many
 * small writes share one fsync. When a promise resolves, its write is on disk.
 */
export class LmdbGroupCommit {
  readonly #root: RootDatabase;
  readonly #path: string;
  readonly #limits: Required<GroupCommitLimits>;
  readonly #onFault: (error: unknown) => void;
  #waiting: Job[] = [];
  #pendingRows = 0;
  #running: Promise<void> | undefined;
  #isStuck = false;
  #isClosed = false;
  #trouble: EventStoreUnavailable | undefined;
  #troubleAt = 0;

  /** @param onFault takes what an `onLate` threw, which nobody waits for; must not throw */
  constructor(
    root: RootDatabase,
    path: string,
    limits: GroupCommitLimits = {},
    onFault: (error: unknown) => void = () => {},
  ) {
    this.#root = root;
    this.#path = path;
    this.#onFault = onFault;
    this.#limits = {
      pendingRowsMax: limits.pendingRowsMax ?? 20_000,
      commitRowsMax: limits.commitRowsMax ?? 100,
      commitTimeoutMs: limits.commitTimeoutMs ?? 5_000,
    };
  }

  /** Why a commit failed, until one succeeds and none has failed for TROUBLE_MS_MIN. */
  get trouble(): EventStoreUnavailable | undefined {
    return this.#trouble;
  }

  /** One part, see commitParts. */
  async commit<Result>(
    rows: number,
    write: () => Result,
    onLate?: CommitPart<Result>['onLate'],
  ): Promise<Result> {
    const [result] = await this.commitParts([{ rows, write, onLate }]);
    return result as Result;
  }

  /**
   * Runs each part's `write` in order inside the next transactions, and resolves with their results once all are
   * fsynced. Parts are accepted together or not at all; a part is never split over transactions. `write` is synchronous,
   * MUST only touch the database, and may run again when another part of its transaction failed.
   *
   * @throws EventStoreUnavailable (rejects); some parts may be on disk, and after a timeout others may still get there
   */
  commitParts<Result>(parts: readonly CommitPart<Result>[]): Promise<Result[]> {
    if (this.#isClosed) return Promise.reject(this.#unavailable('is closed'));
    if (this.#isStuck) return Promise.reject(this.#unavailable('has not finished its last commit'));
    if (parts.length === 0) return Promise.resolve([]);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    if (this.#pendingRows > 0 && this.#pendingRows + rows > this.#limits.pendingRowsMax) {
      const message = `data folder ${this.#path}: ${this.#pendingRows} rows are already waiting to be written to disk`;
      return Promise.reject(new EventStoreUnavailable('overloaded', message));
    }
    this.#pendingRows += rows;
    const results = parts.map(
      (part) =>
        new Promise<Result>((resolve, reject) => {
          this.#waiting.push({ ...part, resolve, reject } as Job);
        }),
    );
    this.#running ??= this.#run();
    return Promise.all(results);
  }

  /** Accepts nothing more and waits for what was accepted, however long another process holds the lock. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      await this.#commitGroup(group);
      this.#settleRows(group);
    }
    this.#running = undefined;
  }

  #takeGroup(): Job[] {
    let rows = 0;
    let jobs = 0;
    while (jobs < this.#waiting.length && (jobs === 0 || rows < this.#limits.commitRowsMax)) {
      rows += this.#waiting[jobs++]!.rows;
    }
    return this.#waiting.splice(0, jobs);
  }

  async #commitGroup(group: readonly Job[]): Promise<void> {
    const patience = setTimeout(() => this.#giveUp(group), this.#limits.commitTimeoutMs);
    try {
      const results = await this.#transact(group);
      if (performance.now() - this.#troubleAt > TROUBLE_MS_MIN) this.#trouble = undefined;
      for (const [i, job] of group.entries()) this.#tell(job, results[i]);
    } catch (error) {
      const reason = await commitErrorOf(error);
      if (group.length > 1 && !this.#isStuck) {
        // One job may be at fault: the others must not pay for it.
        clearTimeout(patience);
        for (const job of group) await this.#commitGroup([job]);
        return;
      }
      const trouble = this.#noted(this.#toTrouble(reason));
      for (const job of group) job.reject(trouble);
    } finally {
      clearTimeout(patience);
      this.#isStuck = false;
    }
  }

  /** Says that a job is on disk. Never throws: others of its group are still to be told. */
  #tell(job: Job, result: unknown): void {
    if (!this.#isStuck) {
      job.resolve(result);
      return;
    }
    try {
      job.onLate?.(result);
    } catch (error) {
      this.#onFault(error);
    }
  }

  #settleRows(group: readonly Job[]): void {
    for (const { rows } of group) this.#pendingRows -= rows;
  }

  /** A child transaction, because only that is undone as a whole when a write throws. */
  #transact(group: readonly Job[]): Promise<unknown[]> {
    return this.#root.childTransaction(() => group.map((job) => job.write()));
  }

  /** The disk, or another process inside its transaction, hangs: all who wait are rejected, and so are new parts until the commit ends. */
  #giveUp(group: readonly Job[]): void {
    this.#isStuck = true;
    const trouble = this.#noted(
      this.#unavailable(`did not commit within ${this.#limits.commitTimeoutMs} ms`),
    );
    for (const job of group) job.reject(trouble);
    for (const job of this.#waiting) job.reject(trouble);
    this.#settleRows(this.#waiting);
    this.#waiting = [];
  }

  #noted(trouble: EventStoreUnavailable): EventStoreUnavailable {
    this.#trouble = trouble;
    this.#troubleAt = performance.now();
    return trouble;
  }

  #toTrouble(cause: unknown): EventStoreUnavailable {
    const code = (cause as { code?: unknown }).code;
    const isFull = typeof code === 'number' && (FULL_CODES.has(code) || this.#isDiskFull());
    const message = `data folder ${this.#path}: ${isFull ? 'no space left' : 'the disk refused the write'} (${cause})`;
    return new EventStoreUnavailable(isFull ? 'store-full' : 'unavailable', message, { cause });
  }

  #isDiskFull(): boolean {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      return bavail * bsize < SPACE_MIN_BYTES;
    } catch {
      return false;
    }
  }

  #unavailable(what: string): EventStoreUnavailable {
    return new EventStoreUnavailable('unavailable', `data folder ${this.#path} ${what}`);
  }
}

/** LMDB gives the reason of a failed commit as a promise that rejects; it must not stay unhandled. */
async function commitErrorOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<never> };
  try {
    await commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}
