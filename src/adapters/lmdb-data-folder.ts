import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { EventStoreUnavailable } from '../ledger/event-store.ts';
import { TABLES } from './data-folder-tables.ts';
import { makeEmptyFolder } from './empty-folder.ts';
import { FolderClaims } from './folder-claims.ts';
import { checkLedger, type LedgerCheck } from './ledger-check.ts';
import { LmdbBusPosition } from './lmdb-bus-position.ts';
import { LmdbCommissionStore } from './lmdb-commission-store.ts';
import { LmdbContestStore, type LmdbContestStoreOptions } from './lmdb-contest-store.ts';
import { LmdbDecisions } from './lmdb-decisions.ts';
import { LmdbErasures } from './lmdb-erasures.ts';
import { LmdbEventStore, type LmdbEventStoreOptions } from './lmdb-event-store.ts';
import { checkLmdbFile } from './lmdb-file-check.ts';
import { type GroupCommitLimits, LmdbGroupCommit } from './lmdb-group-commit.ts';
import { LmdbInventoryStore } from './lmdb-inventory-store.ts';
import { LmdbKeyStore, type LmdbKeyStoreOptions } from './lmdb-key-store.ts';
import { LmdbLapses } from './lmdb-lapses.ts';
import { LmdbRetention } from './lmdb-retention.ts';
import { LmdbRollUp, type RollUpOptions } from './lmdb-roll-up.ts';
import { LmdbStockStore, type LmdbStockStoreOptions, placeStockRows } from './lmdb-stock-store.ts';
import { LmdbVersionedStore } from './lmdb-versioned-store.ts';
import { openPseudonyms } from './pseudonym-key.ts';

export interface DataFolderOptions {
  readonly commits?: GroupCommitLimits;
  /** Takes what a caller threw when told that its rows are on disk after all; must not throw. */
  readonly onFault?: (error: unknown) => void;
  readonly events?: LmdbEventStoreOptions;
  readonly stock?: LmdbStockStoreOptions;
  readonly keys?: LmdbKeyStoreOptions;
  readonly contests?: LmdbContestStoreOptions;
  readonly outcomes?: RollUpOptions;
}

/** All that one installation keeps on disk. */
export interface DataFolder {
  readonly events: LmdbEventStore;
  /** What reports are made from; opened at the first call. */
  outcomes(): LmdbRollUp;
  readonly stock: LmdbStockStore;
  readonly rules: LmdbVersionedStore;
  readonly commissions: LmdbCommissionStore;
  readonly contests: LmdbContestStore;
  readonly inventory: LmdbInventoryStore;
  readonly keys: LmdbKeyStore;
  /** Which gateways work here; closing the folder releases the claim. */
  readonly claims: FolderClaims;
  /** How far this machine has heard the others. */
  readonly busPosition: LmdbBusPosition;
  /** Why a recent write to disk by any of the stores failed; undefined when none did. */
  trouble(): EventStoreUnavailable | undefined;
  readonly erasures: LmdbErasures;
  readonly lapses: LmdbLapses;
  readonly retention: LmdbRetention;
  /** Reads the whole ledger: some 15 µs an event. */
  checkLedger(): LedgerCheck;
  /**
   * Copies all that is on disk at this moment, and the installation's keys, into a folder that is empty or does not exist; others may write
   * meanwhile. Copies only what the database holds, nothing that it has freed.
   *
   * @throws Error where the folder holds something
   */
  copyTo(path: string): Promise<void>;
  /** Writes what is pending in all stores and closes the folder. Never rejects. */
  close(): Promise<void>;
}

const FILE = 'basketlift.lmdb';
/** What is in there is as secret as the keys beside it. */
const OWNER_ONLY = 0o600;
const FORMAT_KEY = 'basketlift-format';
/** Raise it when an older release could no longer read what a newer one writes. */
const FORMAT = 5;
/** Rows of these formats are still read and stay as they are, except those of stock. */
const FORMATS_BEFORE: readonly unknown[] = [2, 3, 4];

/**
 * Opens the folder, made if absent, for this process; other processes of the same machine may have it open too. It MUST
 * lie on a local disk: LMDB shares memory and locks, which network file systems do not.
 *
 * @throws Error that says what was wanted, what came and what to do next
 */
export function openDataFolder(path: string, options: DataFolderOptions = {}): DataFolder {
  const root = openEnvironment(path);
  const file = join(path, FILE);
  const commits = new LmdbGroupCommit(root, file, options.commits, options.onFault);
  const decisions = new LmdbDecisions(root);
  const events = new LmdbEventStore(root, commits, decisions, options.events);
  const stock = new LmdbStockStore(root, commits, options.stock);
  const rules = new LmdbVersionedStore(root, commits, TABLES.rules);
  const commissions = new LmdbCommissionStore(root, commits);
  const contests = new LmdbContestStore(root, commits, options.contests);
  const inventory = new LmdbInventoryStore(root, commits);
  const keys = new LmdbKeyStore(root, commits, options.keys);
  const busPosition = new LmdbBusPosition(root, commits);
  const erasures = new LmdbErasures(decisions.customers, commits, openPseudonyms(path), () => events.flush());
  const claims = new FolderClaims(root, path);
  let outcomes: LmdbRollUp | undefined;
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    await Promise.all([events.close(), stock.close()]);
    await commits.close();
    await outcomes?.close();
    claims.release();
    await root.close();
  };
  return {
    events,
    outcomes: () => {
      outcomes ??= new LmdbRollUp(path, root, options.outcomes);
      return outcomes;
    },
    stock,
    rules,
    commissions,
    contests,
    inventory,
    keys,
    claims,
    busPosition,
    trouble: () => commits.trouble,
    erasures,
    lapses: new LmdbLapses(decisions.customers, commits),
    retention: new LmdbRetention(decisions, commits),
    checkLedger: () => checkLedger(root),
    copyTo: (target) => copyFolder(root, path, target),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/** Whether a gateway has written there. */
export function isDataFolder(path: string): boolean {
  return existsSync(join(path, FILE));
}

function openEnvironment(path: string): RootDatabase {
  const file = join(path, FILE);
  let root: RootDatabase;
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    checkLmdbFile(file);
    const isNew = !existsSync(file);
    root = open({
      path: file,
      noSubdir: true,
      maxDbs: 32,
      maxReaders: 256,
      // Appending leaves up to a row's space of each page empty: on 4 KiB pages a decision of 1.5 KB took 4.1 KB, here 2.0.
      pageSize: 8_192,
      // The commit itself is then fsynced, and its promise resolves after that: "stored" needs no second wait.
      overlappingSync: false,
      // Batching adds a promise of its own that nobody can catch when a commit fails.
      eventTurnBatching: false,
    });
    if (isNew) for (const made of [file, `${file}-lock`]) chmodSync(made, OWNER_ONLY);
  } catch (cause) {
    throw new Error(
      `data folder: wanted a folder that this user can read and write, got ${path} (${(cause as Error).message}). ` +
        'Make this user its owner, move what is there elsewhere, or set BASKETLIFT_DATA to another folder.',
      { cause },
    );
  }
  checkFormat(root, path);
  return root;
}

async function copyFolder(root: RootDatabase, path: string, target: string): Promise<void> {
  makeEmptyFolder(target);
  for (const file of readdirSync(path).filter((name) => name.endsWith('.key')))
    copyFileSync(join(path, file), join(target, file), constants.COPYFILE_EXCL);
  const isCompact = true;
  await root.backup(join(target, FILE), isCompact);
  chmodSync(join(target, FILE), OWNER_ONLY);
}

function checkFormat(root: RootDatabase, path: string): void {
  const found: unknown = root.get(FORMAT_KEY);
  if (found === FORMAT) return;
  if (FORMATS_BEFORE.includes(found) || (found === undefined && root.getKeysCount({ limit: 1 }) === 0)) {
    placeStockRows(root);
    root.putSync(FORMAT_KEY, FORMAT);
    return;
  }
  void root.close();
  const came = found === undefined ? 'the database of another program' : `format ${String(found)}`;
  throw new Error(
    `data folder: wanted Basketlift data of format ${FORMAT}, got ${came} in ${path}. ` +
      'Use the release that wrote it, or set BASKETLIFT_DATA to another folder.',
  );
}
