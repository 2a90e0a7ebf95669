import { DAY_MS } from '../ledger/instant.ts';
import { drawFactor, drawPoisson, drawUniform, WeightedChoice } from './seeded-draw.ts';
import { type ShopperTruth, TRUTH } from './shopper-truth.ts';

/** A number of pieces of one product; `place` is its place in the catalogue. */
export interface WantedLine {
  readonly place: number;
  readonly quantity: number;
}

/** One customer at a till or on the phone, and what the customer would buy without any offer. */
export interface Visit {
  readonly basketId: string;
  readonly customer: number;
  /** The id by which the customer agreed to be known; undefined for other customers. */
  readonly customerId: string | undefined;
  /** Number of the store. */
  readonly store: number;
  readonly agent: Agent;
  readonly channel: 'till' | 'call';
  readonly atMs: number;
  /** What is in the basket when the gateway is asked. */
  readonly basket: readonly WantedLine[];
  /** What is added later; none of these products is in `basket`. */
  readonly further: readonly WantedLine[];
}

export interface Agent {
  readonly id: string;
  /** Factor on the chance that customers accept an offer made by this agent. */
  readonly skill: number;
  /** Share of the suggestions that the agent makes to the customer at all. */
  readonly diligence: number;
}

export interface ShoppersOptions {
  readonly truth: ShopperTruth;
  readonly stores: number;
  readonly agents: number;
  /** Mean over the week. */
  readonly basketsPerDay: number;
}

/** Customers per daily basket: each customer comes about every twelfth day. */
const CUSTOMERS_PER_BASKET = 12;
const FAVOURITES = 6;
/** Factor for each day of the week, Monday first; the mean is 1. */
const WEEK = [0.85, 0.85, 0.9, 1, 1.2, 1.4, 0.8];
/** Weights of the hours that start at 8:00 to 20:00. */
const HOURS = new WeightedChoice([2, 3, 4, 5, 6, 5, 4, 4, 5, 7, 7, 4, 2]);
const FIRST_HOUR = 8;
/** Attempts to find a customer who has not come today. */
const ATTEMPTS_MAX = 5;

/**
 * The customers and agents of one seed. Who comes and what they want depends on the seed alone, except that a customer's mood, and
 * whether the customer still comes at all, also depend on past offers.
 */
export class Shoppers {
  readonly agents: readonly Agent[];
  readonly #options: ShoppersOptions;
  readonly #loyalty: WeightedChoice;
  readonly #customers: number;
  /** [customers] openness to offers; starts at 1. */
  readonly #mood: Float64Array;
  readonly #hasLeft: Uint8Array;

  constructor(options: ShoppersOptions) {
    const { truth, agents, basketsPerDay } = options;
    const { seed } = truth;
    this.#options = options;
    this.#customers = Math.ceil(basketsPerDay * CUSTOMERS_PER_BASKET);
    this.#loyalty = new WeightedChoice(
      Array.from({ length: this.#customers }, (_, customer) => drawFactor(seed, `loyalty ${customer}`, 0.8)),
    );
    this.#mood = new Float64Array(this.#customers).fill(1);
    this.#hasLeft = new Uint8Array(this.#customers);
    this.agents = Array.from({ length: agents }, (_, at) => ({
      id: `sim-${seed}-a${at + 1}`,
      skill: 0.6 + 0.8 * drawUniform(seed, `skill ${at}`),
      diligence: 0.6 + 0.4 * drawUniform(seed, `diligence ${at}`),
    }));
  }

  /**
   * All visits of a day in order of time. Customers who left for good do not come.
   *
   * @param day days since 1970-01-01
   */
  visits(day: number): Visit[] {
    const { truth, basketsPerDay } = this.#options;
    const mean = basketsPerDay * WEEK[(day + 3) % 7]!;
    const count = drawPoisson(truth.seed, `baskets ${day}`, mean);
    const today = new Set<number>();
    const visits: Visit[] = [];
    for (let number = 0; number < count; number++) {
      const customer = this.#newToday(today, `${day} ${number}`);
      if (customer === undefined) continue;
      today.add(customer);
      if (this.#hasLeft[customer] === 0) visits.push(this.#visit(day, number, customer));
    }
    return visits.sort((a, b) => a.atMs - b.atMs);
  }

  /** How open a customer is to offers now: the customer's nature times the effect of past offers. */
  mood(customer: number): number {
    return this.#mood[customer]! * drawFactor(this.#options.truth.seed, `open ${customer}`, 0.4);
  }

  annoy(customer: number, leavesForGood: boolean): void {
    this.#mood[customer]! *= TRUTH.annoyedFactor;
    if (leavesForGood) this.#hasLeft[customer] = 1;
  }

  please(customer: number): void {
    this.#mood[customer] = Math.min(1, this.#mood[customer]! * TRUTH.pleasedFactor);
  }

  get customersLost(): number {
    return this.#hasLeft.reduce((sum, left) => sum + left, 0);
  }

  #newToday(today: ReadonlySet<number>, name: string): number | undefined {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const draw = drawUniform(this.#options.truth.seed, `customer ${name} ${attempt}`);
      const customer = this.#loyalty.at(draw);
      if (!today.has(customer)) return customer;
    }
    return undefined;
  }

  #visit(day: number, number: number, customer: number): Visit {
    const { truth, stores } = this.#options;
    const { seed } = truth;
    const basketId = `sim-${seed}-${day}-${number}`;
    const draw = (what: string) => drawUniform(seed, `${basketId} ${what}`);
    const home = Math.floor(stores * drawUniform(seed, `home ${customer}`));
    const store = draw('away') < 0.9 ? home : Math.floor(stores * draw('store'));
    const isKnown = drawUniform(seed, `consent ${customer}`) < 0.45;
    const minute = (HOURS.at(draw('hour')) + FIRST_HOUR + draw('minute')) * 60;
    const basket = this.#basket(basketId, customer, day);
    return {
      basketId,
      customer,
      store,
      basket,
      customerId: isKnown ? `sim-${seed}-c${customer}` : undefined,
      agent: this.#agentIn(store, draw('agent')),
      channel: draw('channel') < 0.15 ? 'call' : 'till',
      // Whole seconds, as on receipts.
      atMs: day * DAY_MS + Math.floor(minute * 60) * 1000,
      further: this.#further(basketId, basket, day),
    };
  }

  /** Agents are assigned to the stores in turn; if there are fewer agents than stores, an agent works in several stores. */
  #agentIn(store: number, uniform: number): Agent {
    const { stores } = this.#options;
    const own = this.agents.filter((_, at) => at % stores === store % Math.min(stores, this.agents.length));
    return own[Math.floor(uniform * own.length)]!;
  }

  #basket(basketId: string, customer: number, day: number): WantedLine[] {
    const { truth } = this.#options;
    const { seed } = truth;
    const spending = drawFactor(seed, `spending ${customer}`, 0.35);
    const count = 1 + drawPoisson(seed, `${basketId} lines`, 2 * spending);
    const lines = new Map<number, number>();
    let last: number | undefined;
    for (let line = 0; line < count; line++) {
      const name = `${basketId} ${line}`;
      const way = drawUniform(seed, `${name} way`);
      const favourite = Math.floor(FAVOURITES * drawUniform(seed, `${name} favourite`));
      let place: number | undefined;
      if (way < 0.3) place = truth.wanted(`favourite ${customer} ${favourite}`, 0);
      else if (way < 0.6 && last !== undefined) place = truth.companionOf(last, name);
      place ??= truth.wanted(name, day);
      if (!lines.has(place)) lines.set(place, truth.quantity(name));
      last = place;
    }
    return [...lines].map(([place, quantity]) => ({ place, quantity }));
  }

  #further(basketId: string, basket: readonly WantedLine[], day: number): WantedLine[] {
    const { truth } = this.#options;
    const count = drawPoisson(truth.seed, `${basketId} further`, 0.8);
    const lines = new Map<number, number>();
    for (let line = 0; line < count; line++) {
      const name = `${basketId} further ${line}`;
      const way = drawUniform(truth.seed, `${name} way`);
      const source = basket[Math.floor(basket.length * drawUniform(truth.seed, `${name} source`))]!;
      const place =
        (way < 0.5 ? truth.companionOf(source.place, name) : undefined) ?? truth.wanted(name, day);
      if (basket.every((own) => own.place !== place) && !lines.has(place)) {
        lines.set(place, truth.quantity(name));
      }
    }
    return [...lines].map(([place, quantity]) => ({ place, quantity }));
  }
}
