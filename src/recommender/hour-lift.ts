import { HOURS, NO_HOUR } from './time-of-day.ts';

/**
 * [products × 24] ln of how much more often a product is bought at an hour of the day than at any hour. Padded with zeros it serves for
 * more products.
 */
export type HourLift = Float32Array;

/** The lift of one product; 0 where nothing is known of it, or of the hour. */
export function liftAt(lift: HourLift | undefined, item: number, hour: number): number {
  return lift === undefined || hour === NO_HOUR ? 0 : lift[item * HOURS + hour]!;
}
