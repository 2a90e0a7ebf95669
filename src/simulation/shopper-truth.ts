import { currencyDigits } from '../ledger/money.ts';
import type { SimulatedCatalogue } from './read-catalogue.ts';
import { drawFactor, drawUniform, WeightedChoice } from './seeded-draw.ts';

/**
 * What is true of the simulated shoppers. Chances are per offer or basket; nobody tells the gateway any of it. The figures are
 * assumptions in the range of what shops report, not measurements.
 */
export const TRUTH = {
  /** Times the share of baskets that hold both products: chance to take the second one because it was said. */
  saidPerShare: 2.5,
  /** The same where the two have never been bought together. */
  saidUnrelated: 0.008,
  saidMax: 0.6,
  /** Log-spread of a pair's own pull around what the receipts of the past say of it. */
  pairSigma: 0.8,
  /** Power of price / mean price of the basket by which a dearer product is taken less, unless another is asked for. */
  priceResistance: 0.25,
  /** Chance that a product accepted takes the place of one that would have been bought later. */
  instead: 0.2,
  /** An offer below this chance is a bad one; when it is declined, the customer is annoyed. */
  badBelow: 0.02,
  /** What an annoyance leaves of the customer's openness to later offers, and what an acceptance brings back. */
  annoyedFactor: 0.85,
  pleasedFactor: 1.1,
  /** Chance that an annoyed customer leaves this basket unpaid, and that it never comes back. */
  annoyedLeavesBasket: 0.01,
  annoyedLeavesForGood: 0.002,
  /** Chance that a basket is left unpaid for reasons of its own. */
  leaves: 0.02,
  /** Chance that a paid product comes back whole, and after how many days at most. */
  returned: 0.03,
  returnDaysMax: 10,
  /** Power of the tail of quantities: P(at least q) = q^-power. */
  quantityPower: 2.2,
  quantityMax: 60,
  /** From so many pieces on a line has a tenth off. */
  rebateFrom: 6,
  /** Height of a product's own season around its mean. */
  seasonHeight: 0.4,
} as const;

const DAYS_OF_YEAR = 365.25;

/** The truth of one seed over the served catalogue: products by their place in it, money in minor units. */
export class ShopperTruth {
  readonly seed: number;
  readonly currency: string;
  readonly ids: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** [products] */
  readonly priceMinor: Int32Array;
  readonly costMinor: Int32Array;
  /** [products] weight in what shoppers come for. */
  readonly demand: Float64Array;
  readonly #priceResistance: number;
  readonly #season: Float64Array;
  readonly #together: readonly ReadonlyMap<number, number>[];
  readonly #companions: (WeightedChoice | undefined)[];
  readonly #choice: WeightedChoice;

  constructor(
    seed: number,
    { currency, products, together }: SimulatedCatalogue,
    priceResistance: number = TRUTH.priceResistance,
  ) {
    this.seed = seed;
    this.#priceResistance = priceResistance;
    this.currency = currency;
    this.ids = products.map(({ id }) => id);
    this.placeOf = new Map(this.ids.map((id, place) => [id, place]));
    const scale = 10 ** currencyDigits(currency);
    const draw = (what: string, id: string) => drawUniform(seed, `${what} ${id}`);
    this.priceMinor = Int32Array.from(products, ({ id, unitPrice }) =>
      Math.max(1, Math.round(scale * (unitPrice ?? 4 * drawFactor(seed, `price ${id}`, 0.6)))),
    );
    this.costMinor = Int32Array.from(products, ({ id, unitCost }, place) =>
      Math.round(
        unitCost === undefined
          ? this.priceMinor[place]! * (0.4 + 0.4 * draw('cost', id))
          : Math.max(0, scale * unitCost),
      ),
    );
    this.demand = Float64Array.from(
      products,
      ({ id }, rank) => drawFactor(seed, `demand ${id}`, 0.5) / Math.sqrt(rank + 20),
    );
    this.#season = Float64Array.from(products, ({ id }) => draw('season', id));
    this.#choice = new WeightedChoice(this.demand);
    this.#together = this.ids.map((id) => this.#pulls(id, together.get(id) ?? new Map()));
    this.#companions = this.#together.map((pulls) =>
      pulls.size > 0 ? new WeightedChoice([...pulls.values()]) : undefined,
    );
  }

  /** Chance, before customer and agent, that `offered` is taken because it was said to somebody with this basket. */
  appeal(basket: readonly number[], offered: number): number {
    let pull = 0;
    let priceSum = 0;
    for (const place of basket) {
      pull = Math.max(pull, this.#together[place]!.get(offered) ?? 0);
      priceSum += this.priceMinor[place]!;
    }
    const unrelated =
      TRUTH.saidUnrelated * drawFactor(this.seed, `appeal ${this.ids[offered]}`, TRUTH.pairSigma);
    const relative = this.priceMinor[offered]! / (priceSum / Math.max(1, basket.length) || 1);
    return Math.max(TRUTH.saidPerShare * pull, unrelated) * relative ** -this.#priceResistance;
  }

  /** A product somebody comes for on that day: by demand and season. */
  wanted(name: string, day: number): number {
    for (let attempt = 0; ; attempt++) {
      const place = this.#choice.at(drawUniform(this.seed, `${name} want ${attempt}`));
      const season = this.season(place, day) / (1 + TRUTH.seasonHeight);
      if (attempt === 4 || drawUniform(this.seed, `${name} season ${attempt}`) < season) return place;
    }
  }

  /** A product that goes with one in the basket; undefined where nothing does. */
  companionOf(place: number, name: string): number | undefined {
    const choice = this.#companions[place];
    if (!choice) return undefined;
    const at = choice.at(drawUniform(this.seed, `${name} companion`));
    return [...this.#together[place]!.keys()][at];
  }

  /** Demand of that day over its mean of the year. */
  season(place: number, day: number): number {
    const turn = day / DAYS_OF_YEAR + this.#season[place]!;
    return 1 + TRUTH.seasonHeight * Math.sin(2 * Math.PI * turn);
  }

  /** Pieces of one line: mostly one, now and then very many. */
  quantity(name: string): number {
    const uniform = 1 - drawUniform(this.seed, `${name} quantity`);
    return Math.min(TRUTH.quantityMax, Math.floor(uniform ** (-1 / TRUTH.quantityPower)));
  }

  /** The true pull of a pair is drawn around the share that the past receipts have of it. */
  #pulls(id: string, shares: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
    const pulls = new Map<number, number>();
    for (const [other, share] of shares) {
      const place = this.placeOf.get(other);
      if (place === undefined) continue;
      pulls.set(place, share * drawFactor(this.seed, `pair ${id} ${other}`, TRUTH.pairSigma));
    }
    return pulls;
  }
}
