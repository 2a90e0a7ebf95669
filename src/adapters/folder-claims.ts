import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import { TABLES } from './data-folder-tables.ts';

/** A gateway that works in the folder, for as long as somebody answers on its socket. */
interface Claim {
  /** Names its socket. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  /** Whether it hears other gateways. */
  readonly isShared: boolean;
}

/** Another gateway works in the folder, and the two would not hear each other. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

/** Longest path of a socket on macOS; Linux has four more. Node 20 cuts off what is longer, without a word. */
const PATH_BYTES_MAX = 103;

/**
 * Which gateways work in a data folder. Each has a row in the database and listens on a socket beside it, which the system closes with the
 * process, however that ends. So neither a crash nor a process id that was given again leaves a claim behind, and gateways in different
 * containers on one machine find each other.
 */
export class FolderClaims {
  readonly #root: RootDatabase;
  readonly #claims: Database<Claim, string>;
  readonly #folder: string;
  #own: { readonly id: string; readonly server: Server } | undefined;

  constructor(root: RootDatabase, folder: string) {
    this.#root = root;
    this.#claims = root.openDB(TABLES.gateways);
    this.#folder = folder;
  }

  /**
   * Claims the folder until `release`; `isShared` where this gateway hears others, which then may have it too if they hear it.
   *
   * @throws FolderTaken (rejects), Error where no socket can be opened or the disk refuses: who else is there is not known then
   */
  async take(isShared: boolean): Promise<void> {
    const id = randomBytes(4).toString('hex');
    const server = createServer((socket) => socket.destroy()).unref();
    server.listen(socketPath(this.#folder, id));
    await once(server, 'listening');
    this.#own = { id, server };
    const since = new Date().toISOString();
    try {
      await this.#replaceEnded({ id, pid: process.pid, host: hostname(), since, isShared });
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Lets another have the folder; the row that is left behind names a socket on which nobody answers. */
  release(): void {
    this.#own?.server.close();
    this.#own = undefined;
  }

  /** Writes the claim in a transaction that finds no other but those that were looked at: they have ended, or can be beside it. */
  async #replaceEnded(own: Claim): Promise<void> {
    const claims = this.#claims;
    const seen = new Set<string>();
    const ended = new Set<string>();
    const writeUnlessOthers = () => {
      const others = [...claims.getRange()].map(({ value }) => value).filter(({ id }) => !seen.has(id));
      if (others.length > 0) return others;
      for (const id of ended) claims.removeSync(id);
      claims.putSync(own.id, own);
      return [];
    };
    let others: readonly Claim[];
    do {
      others = this.#root.transactionSync(writeUnlessOthers);
      for (const other of others) {
        seen.add(other.id);
        if (!(await this.#isAnswering(other.id))) ended.add(other.id);
        else if (!(own.isShared && other.isShared)) throw this.#taken(other);
      }
    } while (others.length > 0);
    for (const id of ended) rmSync(join(this.#folder, socketName(id)), { force: true });
  }

  async #isAnswering(id: string): Promise<boolean> {
    const socket = connect(socketPath(this.#folder, id));
    try {
      await once(socket, 'connect');
      return true;
    } catch (error) {
      // Nobody listens, the socket is gone, or it is a copy. Anything else is said of one on which somebody listens.
      return !['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes((error as NodeJS.ErrnoException).code ?? '');
    } finally {
      socket.destroy();
    }
  }

  #taken({ pid, host, since }: Claim): FolderTaken {
    return new FolderTaken(
      'data folder: wanted one in which no other gateway works, because two hear of each other’s stock, rules and refusals only over Redis; ' +
        `got ${this.#folder}, in which process ${pid} of ${host} has been working since ${since}. ` +
        'Stop that one, set BASKETLIFT_DATA to another folder, or start both with BASKETLIFT_REDIS_URL.',
    );
  }
}

function socketName(id: string): string {
  return `gateway-${id}.sock`;
}

/** @throws Error where the path is too long */
function socketPath(folder: string, id: string): string {
  // A copy of the folder must not find the gateway of the original.
  if (process.platform === 'win32') return `\\\\.\\pipe\\basketlift-${digestOf(realpathSync(folder))}-${id}`;
  const path = join(folder, socketName(id));
  const fromHere = relative('', path);
  const shorter = fromHere.length < path.length ? fromHere : path;
  if (Buffer.byteLength(shorter) <= PATH_BYTES_MAX) return shorter;
  throw new Error(`the path of a socket in ${folder} is longer than ${PATH_BYTES_MAX} bytes`);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
