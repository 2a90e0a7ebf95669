import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: any message of the live channel, which each test checks itself
export type LiveMessage = any;

/** A client of `/v1/live` that keeps what it hears. */
export class LiveClient {
  readonly heard: LiveMessage[] = [];
  readonly socket: WebSocket;
  /** Code and reason, once it is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code, reason]) => {
      this.#isClosed = true;
      this.#wake();
      return { code: code as number, reason: String(reason) };
    });
    socket.on('message', (data) => {
      this.heard.push(JSON.parse(String(data)));
      this.#wake();
    });
    // A socket that the gateway ends while we send; `closed` tells.
    socket.on('error', () => {});
  }

  /** @throws what the upgrade was refused with, such as `Unexpected server response: 403` */
  static async connect(url: string, options: ClientOptions = {}, path = '/v1/live'): Promise<LiveClient> {
    const socket = new WebSocket(url.replace('http', 'ws') + path, options);
    await once(socket, 'open');
    return new LiveClient(socket);
  }

  /** A text goes out as it is. */
  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The first message heard that holds these fields; waits for it. */
  async hear(wanted: Readonly<Record<string, unknown>>): Promise<LiveMessage> {
    for (;;) {
      const found = this.heard.find((message) =>
        Object.entries(wanted).every(([name, value]) => message[name] === value),
      );
      if (found) return found;
      if (this.#isClosed) throw new Error(`closed before ${JSON.stringify(wanted)}; heard ${this.#told()}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #told(): string {
    return JSON.stringify(this.heard).slice(0, 2000);
  }
}
