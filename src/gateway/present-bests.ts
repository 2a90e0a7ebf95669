import { SPLIT_MINUTES_DEFAULT } from '../ledger/agent-receipts.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import {
  type AgentBest,
  type AgentFigures,
  ATTACH_RATE_SHOWN_MIN,
  BEST_PERIODS,
} from '../ledger/personal-bests.ts';
import type { Folded } from './fold-cache.ts';
import { SHARING_IN_WORDS } from './present-contest.ts';
import type { Cell, ReportTable } from './report-table.ts';
import type { AllBests } from './run-bests.ts';

export type BestsAnswer = ReturnType<typeof presentBests>;

/** An agent's own records as they are sent: money in major units. */
export function presentBests(agentId: string, { value: all, asOfMs }: Folded<AllBests>) {
  const { day, week } = all.byAgent.get(agentId) ?? all.none;
  return {
    agentId,
    timeZone: all.query.tz,
    dayEnds: all.query.dayEnds,
    asOf: new Date(asOfMs).toISOString(),
    rules: RULES_IN_WORDS,
    day: { now: presentFigures(day.now), best: presentBest(day.best) },
    week: { now: presentFigures(week.now), best: presentBest(week.best) },
  };
}

function presentFigures({ upsell, ...figures }: AgentFigures) {
  const presented = upsell.map(({ currency, revenueMinor }) => ({
    currency,
    revenue: fromMinorUnits(revenueMinor, currency),
  }));
  return { ...figures, upsell: presented };
}

function presentBest({ upsell, ...best }: AgentBest) {
  const presented = upsell.map(({ currency, period, value }) => ({
    currency,
    period,
    revenue: fromMinorUnits(value, currency),
  }));
  return { ...best, upsell: presented };
}

/** What counts, in full: the rules of contests over one day or week. */
const RULES_IN_WORDS: readonly string[] = [
  'A day or week counts as a contest of this agent over that day or week would.',
  SHARING_IN_WORDS,
  'What was accepted and not paid does not count. What comes back is taken off the day of its sale, a receipt that comes back whole altogether.',
  'What an agent sells to himself does not count, where a contest names the agent’s own customer number.',
  `Receipts of one known customer by one agent in one store count as one when no more than ${SPLIT_MINUTES_DEFAULT} minutes lie between them and the agent has the same part of them.`,
  `An attach rate is a record from ${ATTACH_RATE_SHOWN_MIN.day} transactions a day, ${ATTACH_RATE_SHOWN_MIN.week} a week, in which something was shown.`,
  'Of equal figures the first is the record.',
];

/** One row for each period and figure: the record, and where it stands now. */
export function bestsTable(answer: BestsAnswer): ReportTable {
  const rows = BEST_PERIODS.flatMap((length): Cell[][] => {
    const { now, best } = answer[length];
    const plain = (['transactions', 'attachRate'] as const).map((figure) => [
      length,
      figure,
      null,
      best[figure]?.value ?? null,
      best[figure]?.period ?? null,
      now[figure],
      now.period,
    ]);
    const upsell = best.upsell.map(({ currency, revenue, period }) => [
      length,
      'upsellRevenue',
      currency,
      revenue,
      period,
      now.upsell.find((own) => own.currency === currency)?.revenue ?? 0,
      now.period,
    ]);
    return [...plain, ...upsell];
  });
  return {
    columns: ['length', 'figure', 'currency', 'best', 'bestPeriod', 'now', 'nowPeriod'],
    rows,
  };
}
