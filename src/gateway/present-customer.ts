import { businessDay } from '../ledger/business-calendar.ts';
import type { CustomerProfile } from '../ledger/customer-profile.ts';
import { SEGMENT_RULES } from '../ledger/customer-segment.ts';
import type { CustomersRow } from '../ledger/customers-row.ts';
import { textOfDay } from '../ledger/instant.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import { goesWith } from '../recommender/goes-with.ts';
import type { Model } from '../recommender/model.ts';
import type { Cell, ReportTable } from './report-table.ts';
import type { CustomersAnswer } from './run-customers.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** Most products named beside one that a customer buys again. */
const GOES_WITH_MAX = 3;

/** A customer as it is sent: days as dates, money in major units, products with their names. */
export function presentCustomer(customerId: string, profile: CustomerProfile, model: Model) {
  const { firstDay, lastDay, dueDay, spend, buysAgain, gapsSinceLast, ...figures } = profile;
  return {
    customerId,
    known: true as const,
    ...figures,
    firstVisit: textOfDay(firstDay),
    lastVisit: textOfDay(lastDay),
    gapsSinceLast: Math.round(gapsSinceLast * 100) / 100,
    dueOn: textOfDay(dueDay),
    spend: spend.map(({ currency, revenueMinor }) => ({
      currency,
      revenue: fromMinorUnits(revenueMinor, currency),
    })),
    buysAgain: buysAgain.map((bought) => ({
      productId: bought.productId,
      name: nameOf(model, bought.productId),
      visits: bought.visits,
      lastOn: textOfDay(bought.lastDay),
      goesWith: goesWith(model, bought.productId, GOES_WITH_MAX).map((item) => ({
        productId: model.products[item]!.id,
        name: model.products[item]!.name,
      })),
    })),
  };
}

/** A customer who was asked about. */
export type LookedUp =
  | ReturnType<typeof presentCustomer>
  | { readonly customerId: string; readonly known: false };
export type LookUpAnswer = ReturnType<typeof presentLookUp>;

export function presentLookUp(
  {
    nowMs,
    timeZone,
    dayEnds,
  }: { readonly nowMs: number; readonly timeZone: string; readonly dayEnds: number },
  customers: readonly LookedUp[],
) {
  const today = textOfDay(businessDay(zoneCalendar(timeZone, dayEnds), nowMs));
  const asOf = new Date(nowMs).toISOString();
  return { asOf, today, timeZone, dayEnds, rules: SEGMENT_RULES, customers };
}

/** The rules of the segments, in the order in which they are tried. */
export function segmentRulesInWords(): string[] {
  const { lapsedGaps, atRiskGaps, dueGaps, gapDaysMin, gapDaysOfOneVisit } = SEGMENT_RULES;
  const { windowDays, championVisits, championSpend, loyalVisits } = SEGMENT_RULES;
  return [
    'A visit is a business day with a receipt of which something was kept; the usual gap is the median of the days between visits,',
    `at least ${gapDaysMin} days, and ${gapDaysOfOneVisit} days after a first visit. The first rule that fits makes the segment:`,
    `lapsed: more than ${lapsedGaps} usual gaps since the last visit; at-risk: more than ${atRiskGaps}; due: ${dueGaps} or more;`,
    `champion: at least ${championVisits} visits in ${windowDays} days and ${championSpend} times the average net spend of known customers;`,
    `loyal: at least ${loyalVisits} visits in ${windowDays} days; new: fewer.`,
  ];
}

/** null for a product that the model does not know. */
function nameOf({ itemOf, products }: Model, productId: string): string | null {
  const item = itemOf.get(productId);
  return item === undefined ? null : products[item]!.name;
}

const COUNT_COLUMNS = [
  'newCustomers',
  'existingCustomers',
  'repeatShare',
  'gainedBack',
  'transactions',
] as const;
const GAP_COLUMNS = ['lowerQuartile', 'median', 'upperQuartile'] as const;

/**
 * One row for each period, then one for each segment. Each further currency has a row that repeats no count, so that columns can be added
 * up. The total is not in it.
 */
export function customersTable({ rows, segments }: CustomersAnswer): ReportTable {
  const columns = [
    'period',
    'segment',
    'customers',
    ...COUNT_COLUMNS,
    'gapLowerQuartile',
    'gapMedian',
    'gapUpperQuartile',
    'currency',
    'revenue',
    'newRevenue',
    'existingRevenue',
  ];
  const ofSegments = (segments ?? []).flatMap(({ segment, customers, money }) =>
    byCurrency(money ?? [], (sums, isFirst) => [
      null,
      segment,
      isFirst ? customers : null,
      ...COUNT_COLUMNS.map(() => null),
      ...GAP_COLUMNS.map(() => null),
      sums?.currency ?? null,
      sums?.revenue ?? null,
      null,
      null,
    ]),
  );
  return { columns, rows: [...rows.flatMap(periodLines), ...ofSegments] };
}

function periodLines({ period, customers, figures }: CustomersRow): Cell[][] {
  return byCurrency(figures?.money ?? [], (sums, isFirst) => {
    const counted = isFirst ? figures : null;
    return [
      period ?? null,
      null,
      isFirst ? customers : null,
      ...COUNT_COLUMNS.map((column) => counted?.[column] ?? null),
      ...GAP_COLUMNS.map((column) => counted?.daysBetweenVisits?.[column] ?? null),
      sums?.currency ?? null,
      sums?.revenue ?? null,
      sums?.newRevenue ?? null,
      sums?.existingRevenue ?? null,
    ];
  });
}

function byCurrency<Money>(
  money: readonly Money[],
  line: (sums: Money | undefined, isFirst: boolean) => Cell[],
): Cell[][] {
  return money.length === 0 ? [line(undefined, true)] : money.map((sums, at) => line(sums, at === 0));
}
