import type { WebSocket } from 'ws';
import { acceptEvents } from './accept-events.ts';
import { type Access, mayNameStore, requireStore } from './access.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { parseJson } from './json-body.ts';
import { fromWhole, type LiveBasket, type OrphanedBaskets, withChange } from './live-basket.ts';
import { logFailure } from './log-failure.ts';
import { type BasketRoom, OpenBaskets } from './open-baskets.ts';
import { Problem, type ProblemType, parseInput, problemOf } from './problem.ts';
import { overloadProblem } from './refuse-overload.ts';
import { TokenBucket } from './token-bucket.ts';
import { type LiveMessage, liveMessageSchema } from './wire.ts';

/** Bounds of one socket. */
export interface LiveLimits {
  readonly basketsMax: number;
  /** Messages a second over a while, and in one burst. */
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
  /** Unsent bytes above which suggestions are skipped, and how long that may last. */
  readonly bufferedBytesMax: number;
  readonly slowReaderMs: number;
  /** Most events being stored at once. */
  readonly eventsInFlightMax: number;
}

export const LIVE_LIMITS: LiveLimits = {
  basketsMax: 50,
  messagesPerSecond: 100,
  messagesBurst: 300,
  bufferedBytesMax: 256 * 1024,
  slowReaderMs: 10_000,
  eventsInFlightMax: 100,
};

/** Close codes of RFC 6455 and IANA's registry, and why we use them. */
export const CLOSE = {
  goingAway: 1001,
  unsupported: 1003,
  policy: 1008,
  restart: 1012,
  tryLater: 1013,
} as const;

/** One socket's conversation: baskets come in, only the newest state of each is answered. */
export class LiveSession {
  readonly #parts: GatewayParts;
  readonly #socket: WebSocket;
  readonly #orphans: OrphanedBaskets;
  readonly #limits: LiveLimits;
  /** Who is on the other end; undefined until a key was shown. */
  #access: Access | undefined;
  readonly #baskets: OpenBaskets;
  /** Baskets with an answer under way; true when a newer state waits. */
  readonly #answering = new Map<string, boolean>();
  readonly #allowance: TokenBucket;
  #slowSince: number | undefined;
  #eventsInFlight = 0;

  constructor(
    parts: GatewayParts,
    socket: WebSocket,
    { orphans, room }: { readonly orphans: OrphanedBaskets; readonly room: BasketRoom },
    limits: LiveLimits,
    access: Access | undefined,
  ) {
    this.#parts = parts;
    this.#socket = socket;
    this.#orphans = orphans;
    this.#baskets = new OpenBaskets(room);
    this.#limits = limits;
    this.#access = access;
    const { messagesPerSecond: perSecond, messagesBurst: burst } = limits;
    this.#allowance = new TokenBucket({ perSecond, burst }, parts.ticks);
  }

  receive(data: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#allowance.take() > 0) {
      this.#socket.close(CLOSE.policy, `more than ${this.#limits.messagesPerSecond} messages a second`);
      return;
    }
    let input: unknown;
    try {
      input = parseJson(data);
      const message = parseInput(liveMessageSchema, input);
      this.#parts.telemetry.socketMessage(message.type);
      this.#admit(message);
      this.#handle(message);
    } catch (error) {
      this.#fail(error, subjectOf(input));
    }
  }

  /** Releases the baskets, so that a reconnect can continue them. */
  end(): void {
    for (const [id, basket] of this.#baskets.takeAll()) this.#orphans.keep(this.#orphanKey(id), basket);
  }

  ping(): void {
    this.#send({ type: 'ping' });
  }

  /** Closes the socket when no key was shown, or the key is no longer valid. Never throws. */
  closeUnlessAdmitted(): void {
    try {
      if (this.#access && this.#parts.gatekeeper.stillAdmits(this.#access)) return;
      throw new Problem('unauthorized', 'Wanted a valid key in hello; got none.');
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @throws Problem 'unauthorized', 'forbidden' or 'too-many-requests' */
  #admit(message: LiveMessage): void {
    const { gatekeeper } = this.#parts;
    if (message.type === 'hello' && message.key !== undefined && !gatekeeper.isOpen()) {
      const shown = gatekeeper.admitKey(message.key);
      if (this.#access && this.#access.keyId !== shown.keyId)
        throw new Problem(
          'forbidden',
          'Wanted the key this socket came with; got another. Open a new socket.',
        );
      this.#access ??= shown;
    }
    if (!gatekeeper.stillAdmits(this.#who)) {
      throw new Problem('unauthorized', 'Wanted a key that is still valid; got one that no longer is.');
    }
    gatekeeper.spend(this.#who);
  }

  get #who(): Access {
    if (this.#access) return this.#access;
    throw new Problem('unauthorized', 'Wanted a hello with a key, or a key in the header; got none.');
  }

  #handle(message: LiveMessage): void {
    switch (message.type) {
      case 'hello':
        this.#send({
          type: 'hello',
          modelVersion: this.#parts.tenant(this.#who.tenant).serving.model.version,
          resumed: this.#resume(message),
        });
        break;
      case 'basket':
        this.#put(message.basketId, fromWhole(message));
        break;
      case 'change': {
        const held = this.#baskets.get(message.basketId) ?? this.#adopt(message.basketId);
        const changed = held && withChange(held, message);
        if (changed) this.#put(message.basketId, changed);
        else this.#send({ type: 'resync', basketId: message.basketId });
        break;
      }
      case 'outcome':
        void this.#store(Object.hasOwn(message, 'event') ? message.event : message);
        break;
      case 'close':
        this.#baskets.delete(message.basketId);
        break;
      case 'pong':
        break;
    }
  }

  #resume(hello: Extract<LiveMessage, { type: 'hello' }>): { basketId: string; seq: number }[] {
    const wanted = Array.isArray(hello.resume) ? hello.resume : [];
    return wanted.flatMap((basketId) => {
      const basket = this.#adopt(basketId);
      return basket ? [{ basketId, seq: basket.seq }] : [];
    });
  }

  #hasRoomFor(basketId: string): boolean {
    return this.#baskets.isOpen(basketId) || this.#baskets.size < this.#limits.basketsMax;
  }

  #adopt(basketId: string): LiveBasket | undefined {
    if (!this.#hasRoomFor(basketId)) return undefined;
    const basket = this.#orphans.take(this.#orphanKey(basketId), ({ request }) =>
      mayNameStore(this.#who, request.storeId),
    );
    if (basket) this.#baskets.set(basketId, basket);
    return basket;
  }

  #orphanKey(basketId: string): string {
    return `${this.#who.tenant}\n${basketId}`;
  }

  #put(basketId: string, basket: LiveBasket): void {
    requireStore(this.#who, basket.request.storeId);
    const held = this.#baskets.get(basketId);
    if (held && basket.seq < held.seq) return;
    if (!this.#hasRoomFor(basketId)) {
      throw new Problem(
        'invalid-input',
        `Wanted at most ${this.#limits.basketsMax} open baskets on a socket; close one first.`,
      );
    }
    this.#baskets.set(basketId, basket);
    if (this.#answering.has(basketId)) {
      if (this.#answering.get(basketId)) this.#parts.telemetry.suggestionsSkipped('superseded');
      this.#answering.set(basketId, true);
      return;
    }
    void this.#answer(basketId);
  }

  /** Answers the newest state, and again while newer ones have come meanwhile. */
  async #answer(basketId: string): Promise<void> {
    this.#answering.set(basketId, false);
    try {
      for (;;) {
        const arrivedAt = this.#parts.ticks();
        // What else has already arrived is read first: only the newest of a burst is worth an answer.
        await new Promise(setImmediate);
        this.#answering.set(basketId, false);
        const basket = this.#baskets.get(basketId);
        if (!basket && this.#baskets.isOpen(basketId)) return this.#send({ type: 'resync', basketId });
        if (!basket || this.#socket.readyState !== this.#socket.OPEN) return;
        if (!this.#parts.overload.admits()) {
          this.#parts.telemetry.shed('live-answer');
          throw overloadProblem();
        }
        const question = { request: basket.request, access: this.#who, arrivedAt, explain: false };
        const answer = await this.#parts.advisor.advise(question);
        if (this.#answering.get(basketId)) {
          this.#parts.telemetry.suggestionsSkipped('superseded');
          continue;
        }
        if (this.#isSlow()) this.#parts.telemetry.suggestionsSkipped('slow-reader');
        else this.#send({ type: 'suggestions', seq: basket.seq, ...answer });
        return;
      }
    } catch (error) {
      this.#fail(error, { basketId });
    } finally {
      this.#answering.delete(basketId);
    }
  }

  async #store(event: unknown): Promise<void> {
    if (this.#eventsInFlight >= this.#limits.eventsInFlightMax) {
      const detail = `Wanted at most ${this.#limits.eventsInFlightMax} events awaiting their answer; send it again.`;
      return this.#fail(new Problem('unavailable', detail), subjectOf(event));
    }
    this.#eventsInFlight++;
    try {
      const [result] = await acceptEvents(this.#parts, this.#who, [event]);
      this.#send({ type: 'stored', ...result });
    } catch (error) {
      this.#fail(error, subjectOf(event));
    } finally {
      this.#eventsInFlight--;
    }
  }

  /** Whether the reader is behind: it then gets no suggestions, and after a while the socket is closed. */
  #isSlow(): boolean {
    if (this.#socket.bufferedAmount <= this.#limits.bufferedBytesMax) {
      this.#slowSince = undefined;
      return false;
    }
    this.#slowSince ??= this.#parts.ticks();
    if (this.#parts.ticks() - this.#slowSince > this.#limits.slowReaderMs) {
      this.#socket.close(CLOSE.policy, 'the reader is too slow');
    }
    return true;
  }

  #fail(error: unknown, about: { basketId?: string; id?: string } = {}): void {
    const problem = problemOf(error);
    logFailure(this.#parts.log, 'live message', problem, { err: error, ...about });
    const { type: _, ...body } = problem.body('');
    this.#send({ type: 'problem', problem: problem.type satisfies ProblemType, ...body, ...about });
    if (problem.type === 'unauthorized') this.#socket.close(CLOSE.policy, 'a valid key is needed');
  }

  #send(message: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    // Acknowledgements and problems fill the buffer as well as suggestions do.
    this.#isSlow();
  }
}

/** The basket and event a message is about, as far as it says. */
function subjectOf(input: unknown): { basketId?: string; id?: string } {
  const { basketId, id } = Object(input) as { basketId?: unknown; id?: unknown };
  return {
    ...(typeof basketId === 'string' && { basketId: basketId.slice(0, 128) }),
    ...(typeof id === 'string' && { id: id.slice(0, 128) }),
  };
}
