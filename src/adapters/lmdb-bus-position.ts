import type { Database, RootDatabase } from 'lmdb';
import { TABLES } from './data-folder-tables.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import type { BusPosition } from './redis-bus-reader.ts';

/** Where a machine was on the bus. */
export interface KeptBusPosition {
  /** Undefined before it heard anything. */
  readonly heard: BusPosition | undefined;
  /** Whether everything that had to be told was told. */
  readonly isAllTold: boolean;
  /** The registry's champion then: if it is another one now, that was promoted meanwhile. */
  readonly champion: string | undefined;
}

const KEY = 'position';

/** Kept so that a machine that was away resumes where it stopped. */
export class LmdbBusPosition {
  readonly #commits: LmdbGroupCommit;
  readonly #positions: Database<KeptBusPosition, string>;

  constructor(root: RootDatabase, commits: LmdbGroupCommit) {
    this.#commits = commits;
    this.#positions = root.openDB(TABLES.bus);
  }

  get(): KeptBusPosition | undefined {
    return this.#positions.get(KEY);
  }

  /** Resolves when it is on disk. @throws EventStoreUnavailable (rejects) */
  put(position: KeptBusPosition): Promise<void> {
    return this.#commits.commit(1, () => this.#positions.putSync(KEY, position));
  }
}
