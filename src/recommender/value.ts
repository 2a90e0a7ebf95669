import type { Product } from './catalogue.ts';
import { poissonAtMost } from './poisson.ts';
import { type UnitFigures, unitFigures } from './product-figures.ts';
import type { StoreStock } from './stock-book.ts';
import { DAY_MS } from './time-of-day.ts';

/** The operator's economics. Money per unit, rates per year, times in days. */
export interface ValuePolicy {
  /** Weight β of value against probability: 0 ranks by probability, 1 by expected money. */
  readonly valueWeight: number;
  /** Offers with an expected value below this are not made. */
  readonly expectedValueMin: number;
  /** Cost of holding one money unit of stock for a year. */
  readonly holdingRatePerYear: number;
  /** Most days of excess cover that count. */
  readonly excessDaysMax: number;
  /** Cover a product should have where its stock row does not say. */
  readonly targetCoverDays: number;
  /** Lost goodwill when the next customer finds the shelf empty, per unit. */
  readonly goodwill: number;
  readonly disposalCost: number;
  readonly salvageValue: number;
}

/** Value terms of one product in one store; a term that could not be computed is 0 and its bit is set in `unknown`. */
export interface ValueTerms {
  margin: number;
  holding: number;
  writeOff: number;
  scarcity: number;
  /** margin + holding + writeOff − scarcity */
  total: number;
  unknown: number;
  /** Days the stock lasts at the present demand, Infinity without demand; NaN unknown. */
  daysOfSupply: number;
  targetCoverDays: number;
  /** Units that can be sold, 0 once they have expired; NaN unknown. */
  available: number;
  protectionLevel: number;
}

/** Bits of ValueTerms.unknown, in the order of UNKNOWN_TERMS. */
export const UNKNOWN_TERMS = ['margin', 'holding', 'writeOff', 'scarcity'] as const;
const NO_MARGIN = 1;
const NO_HOLDING = 2;
const NO_WRITE_OFF = 4;
const NO_SCARCITY = 8;

export function emptyTerms(): ValueTerms {
  return {
    margin: 0,
    holding: 0,
    writeOff: 0,
    scarcity: 0,
    total: 0,
    unknown: 0,
    daysOfSupply: Number.NaN,
    targetCoverDays: Number.NaN,
    available: Number.NaN,
    protectionLevel: Number.NaN,
  };
}

/**
 * Worth of one more unit sold now, V = margin + H + W − S, written into `terms`. `slot` is the product's place in
 * `stock`, -1 where the store's stock is not known; `demandPerDay` is used where the stock row states none (NaN: unknown).
 * H + W never exceed the margin, so stock can lift an offer but not make one; formulas in ARCHITECTURE.md.
 */
export function valueUnit(
  { cost, margin, shelfLifeDays }: UnitFigures,
  stock: StoreStock | undefined,
  slot: number,
  demandPerDay: number,
  policy: ValuePolicy,
  nowMs: number,
  terms: ValueTerms,
): void {
  terms.unknown = 0;
  terms.margin = known(margin, terms, NO_MARGIN);
  const held = readCover(stock, slot, demandPerDay, policy, nowMs, terms);
  const onHand = held ? held.onHand[slot]! : Number.NaN;
  const expiresAtMs = held ? held.expiresAtMs[slot]! : Number.NaN;
  const demand = held ? demandAt(held, slot, demandPerDay) : demandPerDay;

  // NaN without a margin: what stock may add then has no bound and is left out.
  const bound = Math.max(0, margin);
  const lifeDays = lifeLeft(shelfLifeDays, expiresAtMs, nowMs);
  const excess = Math.min(terms.daysOfSupply - terms.targetCoverDays, policy.excessDaysMax, lifeDays);
  const holding = (policy.holdingRatePerYear / 365) * cost * Math.max(0, excess);
  terms.holding = known(Math.min(bound, holding), terms, NO_HOLDING);
  terms.writeOff = 0;
  if (Number.isFinite(lifeDays)) {
    const unsold = 1 - poissonAtLeast(onHand, demand * lifeDays);
    const loss = Math.max(0, unsold * (cost + policy.disposalCost - policy.salvageValue));
    terms.writeOff = known(Math.min(bound - terms.holding, loss), terms, NO_WRITE_OFF);
  }
  const leadTimeDays = held ? held.leadTimeDays[slot]! : Number.NaN;
  const wouldSell = poissonAtLeast(terms.available, demand * leadTimeDays);
  terms.scarcity = known(wouldSell * (margin + policy.goodwill), terms, NO_SCARCITY);
  terms.total = terms.margin + terms.holding + terms.writeOff - terms.scarcity;
}

/** Writes what there is of a product and how long it lasts into `terms`; returns the stock, where it knows the product. */
function readCover(
  stock: StoreStock | undefined,
  slot: number,
  demandPerDay: number,
  policy: ValuePolicy,
  nowMs: number,
  terms: ValueTerms,
): StoreStock | undefined {
  const held = stock && slot >= 0 && slot < stock.asOfMs.length ? stock : undefined;
  const isExpired = held !== undefined && held.expiresAtMs[slot]! <= nowMs;
  const onHand = held ? held.onHand[slot]! : Number.NaN;
  terms.available = isExpired ? 0 : onHand - zeroIfUnknown(held ? held.reserved[slot]! : Number.NaN);
  terms.protectionLevel = held ? held.protectionLevel[slot]! : Number.NaN;
  terms.daysOfSupply = terms.available / (held ? demandAt(held, slot, demandPerDay) : demandPerDay);
  const target = held ? held.targetCoverDays[slot]! : Number.NaN;
  terms.targetCoverDays = Number.isNaN(target) ? policy.targetCoverDays : target;
  return held;
}

/**
 * Whether a product must be kept back: nothing to sell, at or below its protection level, or a unit is worth at least
 * as much to the customer who would have come anyway.
 */
export function isWithheld(terms: ValueTerms): boolean {
  if (terms.available <= 0 || terms.available <= terms.protectionLevel) return true;
  return terms.scarcity > 0 && terms.total <= 0;
}

/** V of a unit, in money; NaN where its margin is not known. */
export function knownUnitValue({ total, unknown }: Pick<ValueTerms, 'total' | 'unknown'>): number {
  return unknown & NO_MARGIN ? Number.NaN : total;
}

const cover = emptyTerms();

/** Units of a product sold from the stock of a store. */
export interface SoldUnits {
  readonly product: Product;
  readonly stock: StoreStock;
  readonly slot: number;
  /** Used where the stock row states none; NaN unknown. */
  readonly demandPerDay: number;
  /** Above 0. */
  readonly quantity: number;
  /** Cost of a unit as the receipt states it; the catalogue's is used where it states none. */
  readonly unitCost?: number | undefined;
}

/**
 * Holding cost that units sold save, in money, as a mean per unit: H as in `valueUnit` for the last unit on hand, then for the one before
 * it, and so on. Not bounded by the margin: that bound only keeps stock from making an offer. NaN where cost, stock or demand is not known.
 */
export function holdingSaved(
  { product, stock, slot, demandPerDay, quantity, unitCost }: SoldUnits,
  policy: ValuePolicy,
  nowMs: number,
): number {
  const figures = unitFigures(product);
  const cost = unitCost ?? figures.cost;
  if (!readCover(stock, slot, demandPerDay, policy, nowMs, cover)) return Number.NaN;
  const available = Math.max(0, cover.available);
  const demand = demandAt(stock, slot, demandPerDay);
  const lifeDays = lifeLeft(figures.shelfLifeDays, stock.expiresAtMs[slot]!, nowMs);
  const daysMax = Math.min(policy.excessDaysMax, lifeDays);
  const excessAt = (units: number) => excessUpTo(units / demand - cover.targetCoverDays, daysMax);
  const left = Math.max(0, available - quantity);
  // Days beyond the target, summed over the units from `left` up to `available`; without demand each has the most.
  const excessDays =
    demand === 0 ? (available - left) * daysMax : demand * (excessAt(available) - excessAt(left));
  return ((policy.holdingRatePerYear / 365) * cost * excessDays) / quantity;
}

/** ∫ clamp(x, 0, most) dx up to `days`. */
function excessUpTo(days: number, most: number): number {
  if (days <= 0) return 0;
  return days <= most ? (days * days) / 2 : (most * most) / 2 + most * (days - most);
}

/** Names of the terms left out for lack of facts. */
export function unknownTerms(terms: Pick<ValueTerms, 'unknown'>): string[] {
  return UNKNOWN_TERMS.filter((_, bit) => terms.unknown & (1 << bit));
}

/**
 * EV = P · V^β · Vref^(1−β), in money. Vref, the typical value of a unit, keeps the unit of money for every β. An unknown
 * margin counts as typical; NaN when nothing in the model has a margin; 0 for a unit worth nothing.
 */
export function expectedValue(
  probability: number,
  terms: Pick<ValueTerms, 'total' | 'unknown'>,
  referenceValue: number,
  policy: Pick<ValuePolicy, 'valueWeight'>,
): number {
  const value = terms.unknown & NO_MARGIN ? referenceValue : terms.total;
  if (value <= 0) return 0;
  return probability * value ** policy.valueWeight * referenceValue ** (1 - policy.valueWeight);
}

/**
 * What an expected value would be with another β, all else equal: EV · (V / Vref)^Δβ. Factors of rules in it are kept.
 *
 * @param unitValue V of the product, NaN where no margin is known
 * @param weightChange the other β less the one that `expected` was computed with
 */
export function reweightedValue(
  expected: number,
  unitValue: number,
  referenceValue: number,
  weightChange: number,
): number {
  if (Number.isNaN(unitValue) || unitValue <= 0) return expected;
  return expected * (unitValue / referenceValue) ** weightChange;
}

/**
 * Most money that a unit of any product is worth: twice the largest margin, as stock adds no more than the margin itself, or Vref, which
 * stands for a margin that is not known.
 */
export function unitValueMax(products: readonly Product[], referenceValue: number): number {
  return products.reduce((most, { unitPrice = Number.NaN, unitCost = Number.NaN }) => {
    const margin = unitPrice - unitCost;
    return margin > 0 ? Math.max(most, 2 * margin) : most;
  }, referenceValue);
}

/** Mean margin of the products weighted by how often they are bought; NaN where no product states price and cost. */
export function referenceValue(products: readonly Product[], basketShare: Float32Array): number {
  let total = 0;
  let weight = 0;
  for (let item = 0; item < products.length; item++) {
    const { unitPrice, unitCost } = products[item]!;
    if (unitPrice === undefined || unitCost === undefined || unitPrice <= unitCost) continue;
    total += basketShare[item]! * (unitPrice - unitCost);
    weight += basketShare[item]!;
  }
  return weight > 0 ? total / weight : Number.NaN;
}

/** Units a day as the stock row states them, else `demandPerDay`. */
export function demandAt(stock: StoreStock, slot: number, demandPerDay: number): number {
  const stated = stock.demandPerDay[slot]!;
  return Number.isNaN(stated) ? demandPerDay : stated;
}

/** Days a unit can still be sold: until it expires; the shelf life where the expiry is not known. */
export function lifeLeft(shelfLifeDays: number, expiresAtMs: number, nowMs: number): number {
  return Number.isNaN(expiresAtMs) ? shelfLifeDays : Math.max(0, (expiresAtMs - nowMs) / DAY_MS);
}

/** P(X ≥ count) for X ~ Poisson(mean); NaN when either is unknown. */
function poissonAtLeast(count: number, mean: number): number {
  if (Number.isNaN(count) || Number.isNaN(mean)) return Number.NaN;
  return 1 - poissonAtMost(Math.ceil(count) - 1, mean);
}

function known(value: number, terms: ValueTerms, bit: number): number {
  if (!Number.isNaN(value)) return value;
  terms.unknown |= bit;
  return 0;
}

function zeroIfUnknown(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
