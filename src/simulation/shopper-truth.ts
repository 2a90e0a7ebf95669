import { currencyDigits } from '../ledger/money.ts';
import type { SimulatedCatalogue } from './read-catalogue.ts';
import { drawFactor, drawUniform, WeightedChoice } from './seeded-draw.ts';

/**
 * How the simulated shoppers behave. Chances are per offer or per basket. The gateway is told none of this. The figures are
 * assumptions within the range that shops report, not measurements.
 */
export const TRUTH = {
  /** Multiplied by the share of the first product's baskets that hold the second: chance to take the second because it was offered. */
  saidPerShare: 2.5,
  /** The chance if the two have never been bought together. */
  saidUnrelated: 0.008,
  saidMax: 0.6,
  /** Standard deviation of the logarithm of a pair's true pull, relative to what past receipts say about the pair. */
  pairSigma: 0.8,
  /** Default exponent of (price / mean price in the basket) by which more expensive products are accepted less often. */
  priceResistance: 0.25,
  /** Chance that an accepted product replaces one that would have been bought later in the visit. */
  instead: 0.2,
  /** An offer with a chance below this is a bad one: if it is declined, the customer is annoyed. */
  badBelow: 0.02,
  /** Factors on the customer's openness to later offers: after an annoyance, and after an acceptance. */
  annoyedFactor: 0.85,
  pleasedFactor: 1.1,
  /** Chance that an annoyed customer leaves this basket unpaid, and chance that the customer never comes back. */
  annoyedLeavesBasket: 0.01,
  annoyedLeavesForGood: 0.002,
  /** Chance that a basket is left unpaid for reasons unrelated to offers. */
  leaves: 0.02,
  /** Chance that the whole quantity of a paid product is returned, and the maximum number of days until then. */
  returned: 0.03,
  returnDaysMax: 10,
  /** Exponent of the tail of quantities: P(quantity ≥ q) = q^-power. */
  quantityPower: 2.2,
  quantityMax: 60,
  /** Number of pieces from which a line gets a discount of 10 %. */
  rebateFrom: 6,
  /** Amplitude of a product's seasonal demand, relative to its mean. */
  seasonHeight: 0.4,
} as const;

const DAYS_OF_YEAR = 365.25;

/** The truth for one seed and one catalogue. Products are identified by their place in the catalogue; money is in minor units. */
export class ShopperTruth {
  readonly seed: number;
  readonly currency: string;
  readonly ids: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** [products] */
  readonly priceMinor: Int32Array;
  readonly costMinor: Int32Array;
  /** [products] weight of each product among those that shoppers come for. */
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

  /** Chance that `offered` is taken because it was offered with this basket, before the effects of customer and agent. */
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

  /** Draws a product that somebody comes for on that day, by demand and season. */
  wanted(name: string, day: number): number {
    for (let attempt = 0; ; attempt++) {
      const place = this.#choice.at(drawUniform(this.seed, `${name} want ${attempt}`));
      const season = this.season(place, day) / (1 + TRUTH.seasonHeight);
      if (attempt === 4 || drawUniform(this.seed, `${name} season ${attempt}`) < season) return place;
    }
  }

  /** Draws a product that goes with one in the basket; undefined if nothing does. */
  companionOf(place: number, name: string): number | undefined {
    const choice = this.#companions[place];
    if (!choice) return undefined;
    const at = choice.at(drawUniform(this.seed, `${name} companion`));
    return [...this.#together[place]!.keys()][at];
  }

  /** Demand on that day relative to its mean over the year. */
  season(place: number, day: number): number {
    const turn = day / DAYS_OF_YEAR + this.#season[place]!;
    return 1 + TRUTH.seasonHeight * Math.sin(2 * Math.PI * turn);
  }

  /** Draws the number of pieces of one line: mostly one, occasionally very many. */
  quantity(name: string): number {
    const uniform = 1 - drawUniform(this.seed, `${name} quantity`);
    return Math.min(TRUTH.quantityMax, Math.floor(uniform ** (-1 / TRUTH.quantityPower)));
  }

  /** Draws the true pull of each pair around its share in past receipts. */
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
