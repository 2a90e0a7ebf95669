import { drawFactor, drawUniform } from './seeded-draw.ts';
import type { ShopperTruth } from './shopper-truth.ts';

/** Totals of one stock room over the days so far; costs in minor units. */
export interface StockFigures {
  /** Cost of the stock on hand, summed over the evenings. */
  readonly costDaysMinor: number;
  /** Cost of the goods sold. */
  readonly soldCostMinor: number;
  /** Cost of the goods that expired. */
  readonly writtenOffMinor: number;
  /** Products that were out of stock, summed over the evenings; and all products, summed in the same way. */
  readonly emptyDays: number;
  readonly productDays: number;
  /** Pieces that customers wanted but that were not in stock. */
  readonly missing: number;
}

/** What the gateway is told about one product. */
export interface StockState {
  readonly place: number;
  readonly onHand: number;
  readonly demandPerDay: number;
  readonly targetCoverDays: number;
  readonly leadTimeDays: number;
  /** The day at whose start the oldest piece expires, in days since 1970-01-01. */
  readonly expiresDay: number | undefined;
}

export interface StockRoomOptions {
  readonly truth: ShopperTruth;
  /** Number of the store. */
  readonly store: number;
  /** Pieces that the store sells per day, all products together. */
  readonly piecesPerDay: number;
  /** Days since 1970-01-01. */
  readonly firstDay: number;
}

interface Lot {
  units: number;
  /** Day of expiry, or of arrival while on order. */
  readonly day: number;
}

interface Shelf {
  readonly demandPerDay: number;
  readonly targetCoverDays: number;
  readonly leadTimeDays: number;
  /** Order-up-to level in pieces; orders are for whole packs. */
  readonly orderUpTo: number;
  readonly pack: number;
  readonly lifeDays: number | undefined;
  /** Oldest first. */
  readonly lots: Lot[];
  readonly ordered: Lot[];
}

const COVER_DAYS = 30;
const EXCESS_DAYS_MAX = 365;
/** Days between two reviews of what to order. */
const REVIEW_DAYS = 1;
/** Share of products that expire, and the range of their shelf lives in days. */
const PERISHABLE_SHARE = 0.15;
const LIFE_DAYS = [14, 60] as const;
/** Share of the products of which a store starts with far too much: left over from a season, or bought in too large a quantity. */
const OVERSTOCKED_SHARE = 0.2;
/** Standard deviation of the logarithm of the buyer's demand forecast relative to the true demand. */
const FORECAST_SIGMA = 0.35;
/** Safety stock in standard deviations of demand. */
const SAFETY = 1.3;

/**
 * The stock of one store: periodic review, orders up to a level S in whole packs, fixed lead time. S covers the buyer's (imperfect)
 * forecast of demand over lead time, review period and target cover. The oldest pieces are sold first and thrown away when they expire.
 */
export class StockRoom {
  readonly #options: StockRoomOptions;
  readonly #shelves: Shelf[];
  readonly #figures = {
    costDaysMinor: 0,
    soldCostMinor: 0,
    writtenOffMinor: 0,
    emptyDays: 0,
    productDays: 0,
    missing: 0,
  };
  /** Places of the products whose stock has changed since it was last reported to the gateway. */
  readonly #changed: Set<number>;
  /** By place, the state last reported to the gateway, which it relies on all day. */
  readonly #morning: StockState[] = [];

  constructor(options: StockRoomOptions) {
    this.#options = options;
    const { demand } = options.truth;
    const whole = demand.reduce((sum, weight) => sum + weight, 0);
    this.#shelves = Array.from(demand, (weight, place) =>
      openShelf(options, place, (options.piecesPerDay * weight) / whole),
    );
    this.#changed = new Set(this.#shelves.keys());
  }

  available(place: number): number {
    return unitsOf(this.#shelves[place]!.lots);
  }

  /** Takes up to `units` pieces, as far as they are in stock. */
  take(place: number, units: number): void {
    let left = units;
    const { lots } = this.#shelves[place]!;
    for (const lot of lots) {
      const taken = Math.min(lot.units, left);
      lot.units -= taken;
      left -= taken;
    }
    dropEmpty(lots);
    this.#changed.add(place);
    this.#figures.soldCostMinor += (units - left) * this.#options.truth.costMinor[place]!;
  }

  miss(units: number): void {
    this.#figures.missing += units;
  }

  /** Puts away what arrives, throws away what has expired, and places orders. Returns what has changed since the previous morning. */
  openDay(day: number): StockState[] {
    for (const [place, shelf] of this.#shelves.entries()) {
      if (receive(shelf, day)) this.#changed.add(place);
      const expired = discard(shelf, day);
      if (expired > 0) this.#changed.add(place);
      this.#figures.writtenOffMinor += expired * this.#options.truth.costMinor[place]!;
      order(shelf, day);
    }
    const told = [...this.#changed].map((place) => this.#state(place));
    for (const state of told) this.#morning[state.place] = state;
    this.#changed.clear();
    return told;
  }

  /**
   * Days beyond the target cover that pieces sold today would otherwise have stayed in stock, summed over the pieces. They count from
   * the last piece of this morning's stock backwards. No piece stays longer than a year, or beyond the evening before it expires.
   */
  excessDays(place: number, pieces: number, today: number): number {
    const {
      onHand,
      demandPerDay,
      targetCoverDays,
      expiresDay = Number.POSITIVE_INFINITY,
    } = this.#morning[place]!;
    const most = Math.min(EXCESS_DAYS_MAX, expiresDay - today - 1);
    let days = 0;
    for (let piece = 0; piece < pieces; piece++) {
      const cover = (onHand - piece - 0.5) / demandPerDay;
      days += Math.max(0, Math.min(most, cover - targetCoverDays));
    }
    return days;
  }

  closeDay(): void {
    const { costMinor } = this.#options.truth;
    for (const [place, { lots }] of this.#shelves.entries()) {
      const units = unitsOf(lots);
      this.#figures.costDaysMinor += units * costMinor[place]!;
      if (units === 0) this.#figures.emptyDays++;
      this.#figures.productDays++;
    }
  }

  figures(): StockFigures {
    return { ...this.#figures };
  }

  #state(place: number): StockState {
    const { lots, lifeDays, demandPerDay, targetCoverDays, leadTimeDays } = this.#shelves[place]!;
    const expiresDay = lifeDays === undefined ? undefined : lots[0]?.day;
    return { place, onHand: unitsOf(lots), demandPerDay, targetCoverDays, leadTimeDays, expiresDay };
  }
}

function openShelf({ truth, store, firstDay }: StockRoomOptions, place: number, demand: number): Shelf {
  const { seed, ids } = truth;
  const id = ids[place];
  const own = (what: string) => `store ${store} ${id} ${what}`;
  const isPerishable = drawUniform(seed, `perishable ${id}`) < PERISHABLE_SHARE;
  const [shortest, longest] = LIFE_DAYS;
  const lifeDays = isPerishable
    ? Math.round(shortest + (longest - shortest) * drawUniform(seed, `life ${id}`))
    : undefined;
  const targetCoverDays =
    lifeDays === undefined ? COVER_DAYS : Math.min(COVER_DAYS, Math.round(lifeDays / 3));
  const leadTimeDays = 1 + Math.floor(5 * drawUniform(seed, `lead ${id}`));
  const demandPerDay = demand * drawFactor(seed, own('forecast'), FORECAST_SIGMA);
  const over = demandPerDay * (leadTimeDays + REVIEW_DAYS);
  const orderUpTo = Math.max(1, Math.ceil(demandPerDay * targetCoverDays + over + SAFETY * Math.sqrt(over)));
  const isOverstocked = drawUniform(seed, own('overstocked')) < OVERSTOCKED_SHARE;
  const times = isOverstocked ? 3 + 9 * drawUniform(seed, own('times')) ** 2 : drawUniform(seed, own('fill'));
  const units = Math.ceil(orderUpTo * times);
  const age = lifeDays === undefined ? 0 : Math.floor((lifeDays / 2) * drawUniform(seed, own('age')));
  return {
    demandPerDay,
    targetCoverDays,
    leadTimeDays,
    orderUpTo,
    lifeDays,
    pack: drawUniform(seed, `pack ${id}`) < 0.5 ? 1 : Math.max(1, Math.round(demandPerDay * 7)),
    lots: [{ units, day: expiryOf(lifeDays, firstDay - age) }],
    ordered: [],
  };
}

function expiryOf(lifeDays: number | undefined, arrived: number): number {
  return lifeDays === undefined ? Number.POSITIVE_INFINITY : arrived + lifeDays;
}

function receive({ lots, ordered, lifeDays }: Shelf, day: number): boolean {
  let hasArrived = false;
  while (ordered[0] && ordered[0].day <= day) {
    lots.push({ units: ordered.shift()!.units, day: expiryOf(lifeDays, day) });
    hasArrived = true;
  }
  return hasArrived;
}

/** Throws away what has expired, and returns the number of pieces. */
function discard({ lots }: Shelf, day: number): number {
  let expired = 0;
  while (lots[0] && lots[0].day <= day) expired += lots.shift()!.units;
  return expired;
}

function order({ lots, ordered, orderUpTo, pack, leadTimeDays }: Shelf, day: number): void {
  const short = orderUpTo - unitsOf(lots) - unitsOf(ordered);
  const packs = Math.floor(short / pack);
  if (packs > 0) ordered.push({ units: packs * pack, day: day + leadTimeDays });
}

function unitsOf(lots: readonly Lot[]): number {
  let units = 0;
  for (const lot of lots) units += lot.units;
  return units;
}

function dropEmpty(lots: Lot[]): void {
  while (lots[0]?.units === 0) lots.shift();
}
