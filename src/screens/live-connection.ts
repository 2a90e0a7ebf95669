import { additionsSince } from './basket-additions.ts';
import { EventDelivery } from './event-delivery.ts';
import type { EventQueue } from './event-queue.ts';
import {
  type Answer,
  type BasketEvent,
  type EventResult,
  type LiveBasket,
  type Problem,
  parseServerMessage,
  type ServerMessage,
} from './live-protocol.ts';

/** The part of the browser's WebSocket that is used here; sockets of the `ws` package have it too. */
export interface LiveSocket {
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

export type ConnectionStatus = 'connecting' | 'connected' | 'reconnecting' | 'offline';

export interface LiveConnectionOptions {
  readonly openSocket: () => LiveSocket;
  readonly queue: EventQueue;
  readonly postEvents: (events: readonly BasketEvent[]) => Promise<readonly EventResult[]>;
  readonly onAnswer: (answer: Answer) => void;
  readonly onStatus: (status: ConnectionStatus) => void;
  readonly onSettled?: (result: EventResult) => void;
  readonly onProblem?: (problem: Problem) => void;
  /** The last sequence number this basket used before the page was reloaded. */
  readonly lastSeq?: number;
  readonly random?: () => number;
  /** A server that stays silent for this long after a message is assumed to be dead. */
  readonly silenceMs?: number;
  readonly acknowledgeMs?: number;
}

const backoffFirstMs = 250;
const backoffMaxMs = 5000;
const failuresUntilOffline = 3;

/** Milliseconds to wait before attempt `failures` + 1: the wait doubles up to a maximum, and its upper half is random. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(failures, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}

/**
 * Keeps one live basket in step with the gateway over a WebSocket that may break at any moment. It drops answers to anything but the
 * newest sequence number, and keeps events until the gateway has stored them.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  readonly #delivery: EventDelivery;
  #socket: LiveSocket | null = null;
  #isReady = false;
  #wasReady = false;
  #isStopped = true;
  #failures = 0;
  #seq: number;
  #basket: LiveBasket | null = null;
  /** The basket as the server has it on this connection. */
  #sent: LiveBasket | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    this.#seq = options.lastSeq ?? 0;
    this.#delivery = new EventDelivery({
      queue: options.queue,
      postEvents: options.postEvents,
      onSettled: (result) => options.onSettled?.(result),
      ...(options.acknowledgeMs === undefined ? {} : { acknowledgeMs: options.acknowledgeMs }),
    });
  }

  get seq(): number {
    return this.#seq;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#options.onStatus('connecting');
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retryTimer);
    this.#delivery.stop();
    this.#drop();
  }

  /** Reconnects now instead of at the next scheduled attempt, because the browser reported that the network is back. */
  retryNow(): void {
    if (this.#isStopped || this.#socket) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  /** Sets the current basket. An empty basket needs no answer and is not sent. */
  show(basket: LiveBasket): void {
    if (this.#basket && this.#basket.basketId !== basket.basketId) this.#sent = null;
    this.#basket = basket;
    if (this.#isReady) this.#sendBasket();
  }

  record(event: BasketEvent): void {
    this.#delivery.record(event);
  }

  close(basketId: string): void {
    if (this.#isReady) this.#send({ type: 'close', basketId });
    if (this.#basket?.basketId === basketId) this.#basket = null;
    this.#sent = null;
  }

  #connect(): void {
    let socket: LiveSocket;
    try {
      socket = this.#options.openSocket();
    } catch {
      this.#retryLater();
      return;
    }
    this.#socket = socket;
    this.#expectAnswer();
    socket.onopen = () => {
      this.#send(this.#wasReady ? { type: 'hello', resume: true } : { type: 'hello' });
    };
    socket.onmessage = (event: { data: unknown }) => {
      clearTimeout(this.#silenceTimer);
      this.#silenceTimer = undefined;
      const message = parseServerMessage(event.data);
      if (message) this.#receive(message);
    };
    socket.onerror = () => {};
    socket.onclose = () => this.#lost();
  }

  #receive(message: ServerMessage): void {
    switch (message.type) {
      case 'hello':
        this.#ready();
        break;
      case 'suggestions':
        if (message.basketId === this.#basket?.basketId && message.seq === this.#seq)
          this.#options.onAnswer(message);
        break;
      case 'stored':
        this.#delivery.settle(message);
        break;
      case 'resync':
        this.#sent = null;
        if (message.basketId === this.#basket?.basketId) this.#sendBasket();
        break;
      case 'problem':
        this.#options.onProblem?.(message);
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
    }
  }

  #ready(): void {
    this.#isReady = true;
    this.#wasReady = true;
    this.#failures = 0;
    this.#options.onStatus('connected');
    this.#delivery.useSocket((event) => {
      this.#send({ type: 'outcome', event });
      this.#expectAnswer();
    });
    this.#sendBasket();
  }

  #sendBasket(): void {
    const basket = this.#basket;
    if (!basket) return;
    if (basket.basket.length === 0) {
      this.#sent = null;
      return;
    }
    const added = this.#sent && additionsSince(this.#sent, basket);
    const seq = ++this.#seq;
    if (added) this.#send({ type: 'change', basketId: basket.basketId, seq, add: added });
    else this.#send({ type: 'basket', seq, ...basket });
    this.#sent = basket;
    this.#expectAnswer();
  }

  #send(message: object): void {
    try {
      this.#socket?.send(JSON.stringify(message));
    } catch {
      this.#lost();
    }
  }

  #expectAnswer(): void {
    this.#silenceTimer ??= setTimeout(() => this.#lost(), this.#options.silenceMs ?? 8000);
  }

  #lost(): void {
    if (this.#isStopped || !this.#socket) return;
    this.#drop();
    this.#delivery.useSocket(null);
    this.#retryLater();
  }

  #drop(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    this.#isReady = false;
    this.#sent = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #retryLater(): void {
    const waitMs = backoffMs(this.#failures++, (this.#options.random ?? Math.random)());
    this.#options.onStatus(this.#failures > failuresUntilOffline ? 'offline' : 'reconnecting');
    void this.#delivery.post();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
  }
}
