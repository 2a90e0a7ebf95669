import { adjustedEffects } from './adjusted-difference.ts';
import { fixedInterval, type Interval, scaledInterval } from './confidence.ts';
import { CUSTOMER_BASKETS, type CustomerExperiment, METRICS } from './experiment.ts';
import { scalesOf } from './uplift-scales.ts';

/** Increases per 100 customers, in all their baskets of the days; null where they cannot be stated. */
export interface CustomerIncrements {
  /** Baskets that customers came with more often, or less. */
  readonly basketsPer100Customers: Interval | null;
  readonly marginPer100Customers: Interval | null;
  readonly revenuePer100Customers: Interval | null;
  readonly itemsPer100Customers: Interval | null;
  readonly holdingSavedPer100Customers: Interval | null;
}

/**
 * What can be said of customers that a side was drawn for: all that were drawn up to the last day, with nothing where one did not
 * come in these days. So it holds what offers do to later visits too, which no basket by itself can tell.
 */
export interface CustomerFigures {
  readonly customers: { readonly treatment: number; readonly holdout: number };
  /** For one look, 95 %. Sums of customers grow with the days, so there is none for looks at any time. */
  readonly incremental: CustomerIncrements;
}

/** @param isLarge whether there are enough for an interval */
export function* customerFigures(
  experiment: CustomerExperiment,
  isLarge: boolean,
): Generator<void, CustomerFigures> {
  const scales = scalesOf(experiment);
  const treatment = experiment.isTreated.reduce((sum, one) => sum + one, 0);
  const effects = isLarge ? yield* adjustedEffects(experiment) : undefined;
  const scaled = (metric: number, scale: number | null) =>
    effects === undefined || scale === null
      ? null
      : scaledInterval(fixedInterval(effects.differences[metric]!), scale);
  const of = (name: (typeof METRICS)[number], scale: number | null) => scaled(METRICS.indexOf(name), scale);
  return {
    customers: { treatment, holdout: experiment.count - treatment },
    incremental: {
      basketsPer100Customers: scaled(CUSTOMER_BASKETS, 100),
      marginPer100Customers: of('margin', scales.margin),
      revenuePer100Customers: of('revenue', scales.money),
      itemsPer100Customers: of('items', 100),
      holdingSavedPer100Customers: of('holdingSaved', scales.holding),
    },
  };
}
