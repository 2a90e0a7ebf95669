import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';

type Message = Record<string, unknown> & { type: string };

/** Things that arrive one by one; `next` waits for the next that fits. */
export class Arrivals<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | null = null;

  push(thing: T): void {
    this.#waiting.push(thing);
    this.#wake?.();
  }

  async next(fits: (thing: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const index = this.#waiting.findIndex(fits);
      if (index >= 0) return this.#waiting.splice(0, index + 1).at(-1)!;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  get none(): boolean {
    return this.#waiting.length === 0;
  }
}

/** A gateway that answers only what a test tells it to. */
export class ScriptedGateway {
  readonly messages = new Arrivals<Message>();
  readonly sockets = new Arrivals<ServerSocket>();
  #server: WebSocketServer | null = null;
  #current: ServerSocket | null = null;
  port = 0;

  async listen(): Promise<void> {
    this.#server = new WebSocketServer({ port: this.port, host: '127.0.0.1' });
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    this.#server.on('connection', (socket) => {
      this.#current = socket;
      this.sockets.push(socket);
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as Message;
        this.messages.push(message);
        if (message.type === 'hello') this.send({ type: 'hello' });
      });
    });
  }

  send(message: object): void {
    this.#current?.send(JSON.stringify(message));
  }

  answer(basketId: string, seq: number, decisionId: string): void {
    this.send({ type: 'suggestions', basketId, seq, decisionId, suggestions: [] });
  }

  async stop(): Promise<void> {
    for (const socket of this.#server?.clients ?? []) socket.terminate();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(null)));
    this.#server = null;
  }
}
