import { type GoodsSold, GoodsSoldTally } from '../ledger/goods-sold.ts';
import { fromOutcomes, type OutcomeSource, spanOf } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** Business days of a calendar, both included, of one store or of all. */
export interface GoodsSoldQuestion {
  readonly timeZone: string;
  readonly dayEnds: number;
  readonly fromDay: number;
  readonly toDay: number;
  readonly storeId?: string;
}

/** @throws as runSalesReport */
export function runGoodsSold(source: OutcomeSource, question: GoodsSoldQuestion): Promise<GoodsSold[]> {
  const { timeZone, dayEnds, fromDay, toDay, storeId: wanted } = question;
  const isWanted = (day: number, storeId: string) =>
    day >= fromDay && day <= toDay && (wanted === undefined || storeId === wanted);
  return fromOutcomes(source, ({ outcomes, tenant }) => {
    const { fromMs, toMs } = spanOf({ fromDay, toDay });
    const tally = new GoodsSoldTally();
    const { names, parts } = outcomes.salesByDay(tenant, zoneCalendar(timeZone, dayEnds), fromMs, toMs);
    for (const sums of parts) tally.add(sums, names, isWanted);
    return [...tally.rows()];
  });
}
