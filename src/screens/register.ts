import type { EventQueue, TextStore } from './event-queue.ts';
import { KeptBasket } from './kept-basket.ts';
import type { ConnectionStatus, LiveConnection, LiveConnectionOptions } from './live-connection.ts';
import type {
  Channel,
  CurrentModel,
  EventResult,
  Language,
  LiveBasket,
  OfferResult,
  Problem,
  Product,
  Suggestion,
} from './live-protocol.ts';
import type { PageHold } from './page-hold.ts';
import {
  emptyTill,
  isPayable,
  liveBasketOf,
  reduceTill,
  saleOf,
  type TillAction,
  type TillState,
  totalOf,
} from './till-state.ts';

export interface RegisterOptions {
  readonly channel: Channel;
  readonly language: Language;
  readonly store: TextStore;
  readonly queue: EventQueue;
  readonly hold: Pick<PageHold, 'isOurs'>;
  readonly connect: (options: Pick<LiveConnectionOptions, ConnectionHooks>) => RegisterConnection;
  readonly newId: () => string;
  readonly timestamp: () => string;
}

/** The ISO 4217 code for a sale without a known currency. */
const noCurrency = 'XXX';

/** What a register needs of its connection. */
export type RegisterConnection = Pick<
  LiveConnection,
  'seq' | 'start' | 'stop' | 'retryNow' | 'show' | 'record' | 'close'
>;

type ConnectionHooks = 'onAnswer' | 'onStatus' | 'onSettled' | 'onProblem' | 'lastSeq';

/** The last sale, until the next basket gets its first line. */
export interface Receipt {
  readonly total: number;
  readonly wasConnected: boolean;
}

/** One till or agent desk: the open basket, its live connection, and the events that must still reach the gateway. */
export class Register {
  readonly #options: RegisterOptions;
  readonly #kept: KeptBasket;
  readonly #connection: RegisterConnection;
  readonly #listeners = new Set<() => void>();
  readonly #shown = new Set<string>();
  #state: TillState;
  #language: Language;
  #status: ConnectionStatus = 'connecting';
  /** The basket for which the current offers were made. */
  #answered: LiveBasket | null = null;
  #currency: string | null = null;
  #isTakenOver = false;
  #receipt: Receipt | null = null;
  #problem: Problem | null = null;

  constructor(options: RegisterOptions) {
    this.#options = options;
    this.#kept = new KeptBasket(options.store, options.channel);
    const kept = this.#kept.read();
    this.#language = kept?.language ?? options.language;
    this.#state = kept?.state ?? emptyTill(options.newId());
    this.#currency = kept?.currency ?? null;
    this.#connection = options.connect({
      lastSeq: kept?.seq ?? 0,
      onAnswer: (answer) => {
        this.#problem = null;
        this.#answered = this.#liveBasket();
        this.dispatch({ type: 'answer-arrived', answer, audience: options.channel });
      },
      onStatus: (status) => {
        this.#status = status;
        this.#withdrawOffers();
        this.#changed();
      },
      onSettled: (result) => this.#settled(result),
      onProblem: (problem) => {
        this.#problem = problem;
        this.#changed();
      },
    });
    this.#connection.show(this.#liveBasket());
  }

  get state(): TillState {
    return this.#state;
  }

  get channel(): Channel {
    return this.#options.channel;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get language(): Language {
    return this.#language;
  }

  /** Whether another page has taken over: then this one sells, sends and stores nothing any more. */
  get isTakenOver(): boolean {
    return this.#isTakenOver;
  }

  /** The currency of the prices, as last reported by the gateway. It is stored, so it is known before this page is let in again. */
  get currency(): string | null {
    return this.#currency;
  }

  get receipt(): Receipt | null {
    return this.#receipt;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get queue(): EventQueue {
    return this.#options.queue;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#connection.start();
  }

  /** True while no other page has taken over this register. Checked before every change, and whenever a take-over may have happened. */
  isHeld(): boolean {
    if (!this.#isTakenOver && !this.#options.hold.isOurs) {
      this.#isTakenOver = true;
      this.#connection.stop();
      this.#tell();
    }
    return !this.#isTakenOver;
  }

  networkReturned(): void {
    this.#connection.retryNow();
  }

  useModel(model: CurrentModel): void {
    this.#currency = model.currency ?? null;
    this.#changed();
  }

  /** Sets the language of the pitches. */
  speak(language: Language): void {
    if (language === this.#language || !this.isHeld()) return;
    this.#language = language;
    this.#connection.show(this.#liveBasket());
    this.#withdrawOffers();
    this.#changed();
  }

  dispatch(action: TillAction): void {
    if (!this.isHeld()) return;
    const before = this.#liveBasket();
    this.#state = reduceTill(this.#state, action);
    const after = this.#liveBasket();
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#connection.show(after);
    this.#withdrawOffers();
    this.#changed();
  }

  /** Without a connection, no new answer comes. Offers for another basket or in another language are then withdrawn. */
  #withdrawOffers(): void {
    if (this.#status === 'connected' || !this.#answered) return;
    if (isSameBasket(this.#answered, this.#liveBasket())) return;
    this.#answered = null;
    this.#state = reduceTill(this.#state, { type: 'offers-withdrawn' });
  }

  add(product: Product): void {
    this.#receipt = null;
    this.dispatch({ type: 'product-added', product });
  }

  /** Records that the suggestion is on the screen, once per decision and product. */
  shown(suggestion: Suggestion): void {
    const decisionId = this.#state.answer?.decisionId;
    const key = `${decisionId} ${suggestion.productId}`;
    if (decisionId === undefined || this.#shown.has(key)) return;
    this.#shown.add(key);
    const { productId } = suggestion;
    this.#connection.record({ ...this.#stamp(), type: 'shown', decisionId, productId });
  }

  /** Records the result of an offer. Does nothing if the suggestion is no longer on the screen. */
  settleOffer(suggestion: Suggestion, result: OfferResult): void {
    if (!this.isHeld()) return;
    const { answer, slots, basketId, agentId } = this.#state;
    const decisionId = answer?.decisionId;
    if (decisionId === undefined || !slots.some((slot) => slot?.productId === suggestion.productId)) return;
    this.#connection.record({
      ...this.#stamp(),
      type: 'outcome',
      decisionId,
      basketId,
      productId: suggestion.productId,
      result,
      channel: this.channel,
      ...(agentId === '' ? {} : { agentId }),
    });
    this.dispatch({ type: 'offer-settled', suggestion, result });
  }

  /** Records the sale and opens the next basket. Returns false, and does nothing, if a line has no price or there are no lines. */
  pay(): boolean {
    if (!isPayable(this.#state) || !this.isHeld()) return false;
    const { basketId } = this.#state;
    const currency = this.#currency ?? noCurrency;
    this.#connection.record(saleOf(this.#state, { ...this.#stamp(), channel: this.channel, currency }));
    this.#receipt = { total: totalOf(this.#state), wasConnected: this.#status === 'connected' };
    this.#connection.close(basketId);
    this.#shown.clear();
    this.dispatch({ type: 'basket-closed', nextBasketId: this.#options.newId() });
    return true;
  }

  #settled(result: EventResult): void {
    if (result.status === 'rejected') {
      const detail = result.reason;
      this.#problem = { title: 'event rejected', ...(detail === undefined ? {} : { detail }) };
    }
    this.#changed();
  }

  #stamp(): { id: string; at: string } {
    return { id: this.#options.newId(), at: this.#options.timestamp() };
  }

  #liveBasket() {
    return liveBasketOf(this.#state, this.#options.channel, this.#language);
  }

  #changed(): void {
    if (this.isHeld()) {
      this.#kept.write({
        state: this.#state,
        seq: this.#connection.seq,
        currency: this.#currency,
        language: this.#language,
      });
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the baskets are the same apart from declined offers. */
function isSameBasket(answered: LiveBasket, now: LiveBasket): boolean {
  return JSON.stringify({ ...answered, declined: [] }) === JSON.stringify({ ...now, declined: [] });
}
