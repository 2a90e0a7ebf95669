import { currencyDigits } from './money.ts';
import type { Writable } from './writable.ts';

/** What is known of one product's stock. Units, days and major units of money; NaN is unknown. */
export interface StockFacts {
  readonly onHand: number;
  readonly reserved: number;
  /** Units that can be sold. */
  readonly available: number;
  readonly demandPerDay: number;
  /** Infinity where nothing sells. */
  readonly daysOfSupply: number;
  /** Available units beyond the target cover. */
  readonly excessUnits: number;
  readonly unitCost: number;
  /** Units that are expected to be written off; NaN also for what does not expire. */
  readonly unitsAtRisk: number;
  /** Loss on each unit written off. */
  readonly unitLoss: number;
}

/** The same in whole numbers, so that sums do not depend on the order: thousandths of units, minor units of money. */
export interface StockAmounts {
  readonly onHandMilli: number;
  readonly reservedMilli: number;
  /** Millionths: in thousandths, a product that sells once in years would have 0. */
  readonly demandMicro: number;
  readonly excessMilli: number;
  readonly atRiskMilli: number;
  /** Units on hand at cost. */
  readonly valueMinor: number;
  readonly excessMinor: number;
  readonly atRiskMinor: number;
  /** valueMinor of products with a known demand, the weight of their days of supply. */
  readonly coveredMinor: number;
  /** coveredMinor · days of supply, at most DAYS_OF_SUPPLY_MAX. */
  readonly coveredMinorDays: number;
}

/** Sums over the products of one store, or of several; a product counts in each sum whose facts are known. */
export interface InventorySums extends StockAmounts {
  /** Products with a stock statement. */
  readonly products: number;
  /** Those with nothing available. */
  readonly stockOuts: number;
  /** Those with a cost. */
  readonly costed: number;
  /** Those whose units at risk are known. */
  readonly expiring: number;
  readonly unknownOnHand: number;
  readonly unknownCost: number;
  readonly unknownDemand: number;
}

/** Cap on one product's days of supply: a product that never sells has infinitely many, and no mean could include it. */
export const DAYS_OF_SUPPLY_MAX = 365;

export const NO_INVENTORY: InventorySums = {
  products: 0,
  stockOuts: 0,
  costed: 0,
  expiring: 0,
  unknownOnHand: 0,
  unknownCost: 0,
  unknownDemand: 0,
  onHandMilli: 0,
  reservedMilli: 0,
  demandMicro: 0,
  excessMilli: 0,
  atRiskMilli: 0,
  valueMinor: 0,
  excessMinor: 0,
  atRiskMinor: 0,
  coveredMinor: 0,
  coveredMinorDays: 0,
};

/** Unknown facts, and what follows from them, are 0 here; InventorySums counts them. `currency` null has two decimals. */
export function stockAmounts(facts: StockFacts, currency: string | null): StockAmounts {
  const scale = 10 ** currencyDigits(currency ?? '');
  const units = Math.max(0, facts.onHand);
  const valueMinor = whole(units * facts.unitCost * scale);
  const coveredMinor = Number.isNaN(facts.daysOfSupply) ? 0 : valueMinor;
  const days = Math.min(Math.max(0, facts.daysOfSupply), DAYS_OF_SUPPLY_MAX);
  return {
    onHandMilli: whole(facts.onHand * 1000),
    reservedMilli: whole(facts.reserved * 1000),
    demandMicro: whole(facts.demandPerDay * 1e6),
    excessMilli: whole(facts.excessUnits * 1000),
    atRiskMilli: whole(facts.unitsAtRisk * 1000),
    valueMinor,
    excessMinor: whole(facts.excessUnits * facts.unitCost * scale),
    atRiskMinor: whole(Math.max(0, facts.unitsAtRisk * facts.unitLoss) * scale),
    coveredMinor,
    coveredMinorDays: whole(coveredMinor * days),
  };
}

/** Adds up products, in any order. */
export class InventoryTally {
  readonly #currency: string | null;
  readonly #sums: Writable<InventorySums> = { ...NO_INVENTORY };

  /** @param currency of the costs, null where it is not known */
  constructor(currency: string | null) {
    this.#currency = currency;
  }

  add(facts: StockFacts): void {
    const sums = this.#sums;
    sums.products++;
    if (facts.available <= 0) sums.stockOuts++;
    if (Number.isNaN(facts.onHand)) sums.unknownOnHand++;
    if (Number.isNaN(facts.unitCost)) sums.unknownCost++;
    else sums.costed++;
    if (Number.isNaN(facts.demandPerDay)) sums.unknownDemand++;
    if (!Number.isNaN(facts.unitsAtRisk)) sums.expiring++;
    const amounts = stockAmounts(facts, this.#currency);
    for (const name of AMOUNTS) sums[name] += amounts[name];
  }

  sums(): InventorySums {
    return { ...this.#sums };
  }
}

/** Sums of several stores as those of one. */
export function addInventories(inventories: Iterable<InventorySums>): InventorySums {
  const total: Writable<InventorySums> = { ...NO_INVENTORY };
  for (const sums of inventories) for (const name of SUMS) total[name] += sums[name];
  return total;
}

const SUMS = Object.keys(NO_INVENTORY) as readonly (keyof InventorySums)[];
const AMOUNTS = [
  ...(['onHandMilli', 'reservedMilli', 'demandMicro', 'excessMilli', 'atRiskMilli'] as const),
  ...(['valueMinor', 'excessMinor', 'atRiskMinor', 'coveredMinor', 'coveredMinorDays'] as const),
] as const satisfies readonly (keyof StockAmounts)[];

function whole(amount: number): number {
  return Number.isNaN(amount) ? 0 : Math.round(amount) + 0;
}
