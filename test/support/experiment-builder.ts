import type { BasketOutcome, FirstDecision } from '../../src/ledger/basket-outcome.ts';
import type { BasketSplit, Experiment } from '../../src/ledger/experiment.ts';
import { ExperimentBuilder } from '../../src/ledger/experiment-builder.ts';
import { reportUplift, type UpliftReport } from '../../src/ledger/uplift-report.ts';
import { runSteps } from './run-steps.ts';

export interface PlainBasket extends Partial<FirstDecision> {
  readonly isTreated: boolean;
  readonly revenueMinor?: number;
  readonly costMinor?: number | undefined;
  readonly items?: number;
  /** Known of nothing where absent. */
  readonly holdingSavedMinor?: number;
  /** Of it, what accepted suggestions brought and cost. */
  readonly upsell?: { readonly revenueMinor: number; readonly costMinor: number };
  readonly customer?: string;
  readonly currency?: string;
  /** When it was paid; not told where absent. */
  readonly soldAtMs?: number | undefined;
  /** Whether the first decision named the customer; it did unless this says otherwise. */
  readonly namedAtFirst?: boolean;
  readonly hasCrossed?: boolean;
}

const RECEIPT = { storeId: 's1', channel: 'till', agentId: undefined };

let baskets = 0;

/** A basket's outcome as the fold gives it. */
export function plainOutcome({
  isTreated,
  revenueMinor = 0,
  items = 0,
  holdingSavedMinor,
  ...more
}: PlainBasket): BasketOutcome {
  const {
    customer,
    currency = 'EUR',
    costMinor,
    upsell: sold,
    soldAtMs,
    namedAtFirst = true,
    hasCrossed = false,
    ...decided
  } = more;
  const isCosted = 'costMinor' in more ? costMinor !== undefined : true;
  const sums = {
    revenueMinor,
    costedRevenueMinor: isCosted ? revenueMinor : 0,
    costMinor: isCosted ? (costMinor ?? 0) : 0,
  };
  const holding = {
    heldRevenueMinor: holdingSavedMinor === undefined ? 0 : revenueMinor,
    holdingSavedMinor: holdingSavedMinor ?? 0,
  };
  const basketId = `b${baskets++}`;
  const { revenueMinor: upsold, costMinor: upsoldCost } = sold ?? { revenueMinor: 0, costMinor: 0 };
  const upsell = { revenueMinor: upsold, costedRevenueMinor: upsold, costMinor: upsoldCost };
  const receipt = soldAtMs === undefined ? undefined : { id: basketId, atMs: soldAtMs, ...RECEIPT };
  return {
    basketId,
    customer,
    items,
    sold: receipt,
    hasCrossed,
    productIds: [],
    suggestions: { shown: 0, accepted: 0, declined: 0, notOffered: 0, bought: 0 },
    decided: {
      decisionId: basketId,
      atMs: Date.UTC(2026, 4, 1, 10),
      arm: isTreated ? 'treatment' : 'holdout',
      holdoutShare: 0.5,
      isDrawnForCustomer: false,
      storeId: 's1',
      channel: 'till',
      agentId: undefined,
      customer: namedAtFirst ? customer : undefined,
      basketValue: 10,
      lines: 1,
      ...decided,
    },
    money: revenueMinor === 0 ? [] : [{ currency, refundedMinor: 0, ...holding, ...sums, upsell }],
  };
}

/** All baskets, whatever their day, as the table of an experiment. */
export function buildExperiment(
  outcomes: Iterable<BasketOutcome>,
  selection: Partial<ConstructorParameters<typeof ExperimentBuilder>[0]> = {},
  split?: BasketSplit,
): Experiment {
  const builder = new ExperimentBuilder(
    { fromDay: Number.NEGATIVE_INFINITY, toDay: Number.POSITIVE_INFINITY, ...selection },
    { offsetMs: () => 0, dayEndsAtHour: 0 },
    split,
  );
  const all = [...outcomes];
  for (const outcome of all) builder.add(outcome);
  if (builder.hasDrawnCustomers()) for (const outcome of all) builder.addDrawnPast(outcome);
  return runSteps(builder.build());
}

/** What the report says of baskets. */
export function upliftOf(
  baskets: readonly PlainBasket[],
  selection: Parameters<typeof buildExperiment>[1] = {},
  split?: BasketSplit,
): UpliftReport {
  return runSteps(reportUplift(buildExperiment(baskets.map(plainOutcome), selection, split)));
}

/** Baskets without any covariate that varies: the adjustment has nothing to adjust. */
export function plainBaskets(n: number, effectMinor: number): PlainBasket[] {
  return Array.from({ length: n }, (_, i) => {
    const isTreated = i % 2 === 0;
    const revenueMinor = 1000 + 100 * (Math.floor(i / 2) % 5) + (isTreated ? effectMinor : 0);
    return { isTreated, revenueMinor, costMinor: 600, items: isTreated ? 2 : 1 };
  });
}
