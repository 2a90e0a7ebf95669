import { adjustedEffects } from './adjusted-difference.ts';
import { fixedInterval, type Interval, statedIntervals } from './confidence.ts';
import { armsOf, expectedPaid } from './drawn-arms.ts';
import { CUSTOMER_BASKETS, type CustomerExperiment } from './drawn-customers.ts';
import { METRICS, type Metric } from './experiment.ts';
import { ARM_UNITS_MIN, PAID_BASKETS_MIN } from './uplift-notes.ts';
import type { UpliftScales } from './uplift-scales.ts';

/** Increases per 100 customers, over their baskets on the report's days; null where they cannot be stated. */
export interface CustomerIncrements {
  /** Increase in the number of baskets. */
  readonly basketsPer100Customers: Interval | null;
  readonly marginPer100Customers: Interval | null;
  readonly revenuePer100Customers: Interval | null;
  readonly itemsPer100Customers: Interval | null;
  readonly holdingSavedPer100Customers: Interval | null;
}

/**
 * Figures for customers whom an arm was drawn for: all drawn up to the last day, by the place of their first basket. Each counts with those
 * baskets of the report whose arm is the customer's, or with zero. So the figures include what offers do to later baskets, which no single
 * basket can show. In the money of the report.
 */
export interface CustomerFigures {
  readonly customers: { readonly treatment: number; readonly holdout: number };
  /** 95 %, for one look. There is none for looks at any time, because sums of customers grow with the days. */
  readonly incremental: CustomerIncrements;
}

/** @param scales of the whole report */
export function* customerFigures(
  experiment: CustomerExperiment,
  { money, margin, holding }: UpliftScales,
): Generator<void, CustomerFigures> {
  const customers = armsOf(experiment);
  const isLarge =
    Math.min(customers.treatment, customers.holdout) >= ARM_UNITS_MIN &&
    expectedPaid(experiment) >= PAID_BASKETS_MIN;
  const effects = isLarge ? yield* adjustedEffects(experiment) : undefined;
  const stated = statedIntervals(effects?.differences, fixedInterval);
  const of = (name: Metric, scale: number | null) => stated(METRICS.indexOf(name), scale);
  return {
    customers,
    incremental: {
      basketsPer100Customers: stated(CUSTOMER_BASKETS, 100),
      marginPer100Customers: of('margin', margin),
      revenuePer100Customers: of('revenue', money),
      itemsPer100Customers: of('items', 100),
      holdingSavedPer100Customers: of('holdingSaved', holding),
    },
  };
}
