import type { RecordedLine } from './events.ts';

/** Quantities count as integer millionths, so that 0.1 + 0.2 returned is all of 0.3 sold, and half a cent is exactly half. */
export const MICRO = 1e6;

export function micro(quantity: number): number {
  return Math.round(quantity * MICRO);
}

/** What a line costs, in minor units: round(quantity · unit price) − discount. Half a unit rounds up. */
export function lineMinor({ quantity, unitPriceMinor, discountMinor = 0 }: RecordedLine): number {
  return timesQuantity(quantity, unitPriceMinor) - discountMinor;
}

/** Minor units of so many units, rounded; half a unit rounds up. */
export function timesQuantity(quantity: number, unitMinor: number): number {
  return Math.round((micro(quantity) * unitMinor) / MICRO);
}
