import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

interface Connection {
  /** Requests whose answers have not left yet. */
  unanswered: number;
  /** Bytes that had come by the end of the last answer; more of them are the beginning of a request. */
  bytesAnswered: number;
  /** Since when nothing has been under way, in milliseconds of `performance.now()`. */
  quietSinceMs: number;
}

/**
 * Longest time in which the connections are taken that the system has accepted but this process has not: one in each turn of the event loop,
 * and turns are long while there is too much to do.
 */
const WAITING_MS_MAX = 2_000;
const LOOK_MS = 50;

/**
 * The connections of an HTTP server. They can end without cutting off a request or an answer, which Node's `close` and
 * `closeIdleConnections` do: they end a connection whose next request has arrived but is not read, and one whose answer is not all sent.
 */
export class OpenConnections {
  readonly #connections = new Map<Socket, Connection>();
  #taken = 0;
  #isEnding = false;

  add(socket: Socket): void {
    this.#taken++;
    // A request that offers another protocol comes with its connection once more.
    if (!this.#connections.has(socket)) socket.once('close', () => this.#connections.delete(socket));
    this.#connections.set(socket, { unanswered: 0, bytesAnswered: 0, quietSinceMs: performance.now() });
  }

  /** A request has come on one of them. */
  answer(response: ServerResponse): void {
    const { socket } = response.req;
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.unanswered++;
    response.once('close', () => {
      connection.unanswered--;
      connection.bytesAnswered = socket.bytesRead;
      connection.quietSinceMs = performance.now();
    });
  }

  /**
   * Whether the connection is to end with this answer. Not where more of its request is to come, or another one has come behind it: closing
   * would cut off the answers.
   */
  endsWith({ req }: ServerResponse): boolean {
    if (!this.#isEnding || !(req.complete || hasNoBody(req))) return false;
    return (this.#connections.get(req.socket)?.unanswered ?? 0) <= 1;
  }

  /**
   * Takes no more. Each one ends with its next answer, or when nothing has been under way on it for `idleMs`: a client that asks often finds
   * its connection closed by an answer, never by surprise. Resolves when all have ended, live sockets with them.
   */
  async end(server: Server, idleMs: number): Promise<void> {
    await this.#takeWaiting();
    // Not before: a client whose connection ends opens another one.
    this.#isEnding = true;
    // The HTTP server's own `close` would end idle connections.
    const closed = new Promise<void>(
      (resolve) => void NetServer.prototype.close.call(server, () => resolve()),
    );
    // In a turn of its own, so that everything that has arrived is read before.
    const looking = setInterval(() => setImmediate(() => this.#endIdle(idleMs)), LOOK_MS);
    await closed;
    clearInterval(looking);
  }

  /** Closing the listener resets connections that wait to be taken. */
  async #takeWaiting(): Promise<void> {
    const giveUpMs = performance.now() + WAITING_MS_MAX;
    let before: number;
    do {
      before = this.#taken;
      // The first turn may have looked for them already.
      await turn();
      await turn();
    } while (this.#taken > before && performance.now() < giveUpMs);
  }

  #endIdle(idleMs: number): void {
    const quietUntilMs = performance.now() - idleMs;
    for (const [socket, { unanswered, bytesAnswered, quietSinceMs }] of this.#connections) {
      const isIdle = unanswered === 0 && socket.bytesRead === bytesAnswered;
      if (isIdle && quietSinceMs <= quietUntilMs) socket.destroy();
    }
  }
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined;
}

/** The class of a server's answers, for `createServer`. */
export function answersOn(connections: OpenConnections): typeof ServerResponse {
  return class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(status: number, ...more: unknown[]): this {
      if (connections.endsWith(this)) this.shouldKeepAlive = false;
      return super.writeHead(status, ...(more as []));
    }
  };
}
