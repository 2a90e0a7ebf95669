import { agentReceipts, type OwnCustomer, ownSales } from '../../src/ledger/agent-receipts.ts';
import type { BasketBook } from '../../src/ledger/basket-book.ts';
import type { BusinessCalendar } from '../../src/ledger/business-calendar.ts';
import type { ContestRules } from '../../src/ledger/contest.ts';
import { type EvidenceSale, evidenceOf } from '../../src/ledger/contest-result.ts';
import { ContestTally, type Standings } from '../../src/ledger/contest-standings.ts';
import { numbering } from '../../src/ledger/outcome-columns.ts';
import { type AgentBests, PersonalBests } from '../../src/ledger/personal-bests.ts';
import { shareOut } from '../../src/ledger/shared-sales.ts';
import { columnsOf } from './columns-of.ts';
import { runSteps } from './run-steps.ts';

export function standingsOf(
  book: BasketBook,
  rules: ContestRules,
  calendar: BusinessCalendar,
): { standings: Standings; evidence: EvidenceSale[] } {
  const numberOf = numbering();
  const tally = new ContestTally(rules, calendar);
  tally.add(Object.assign(columnsOf(book, numberOf), { firstBasket: 0 }));
  const { counted, sales } = tally.standings(ownSales(rules.ownCustomers, numberOf));
  const outcomes = [...book.outcomes()];
  const nameOf = (basket: number) => {
    const { basketId, sold } = outcomes[basket]!;
    return { basketId, saleId: sold!.id };
  };
  return { standings: counted, evidence: evidenceOf(sales, nameOf) };
}

export function bestsOf(
  book: BasketBook,
  calendar: BusinessCalendar,
  nowMs: number,
  ownCustomers: readonly OwnCustomer[] = [],
): { byAgent: ReadonlyMap<string, AgentBests>; none: AgentBests } {
  const numberOf = numbering();
  const shared = shareOut(columnsOf(book, numberOf));
  const bests = new PersonalBests(calendar, nowMs);
  for (const receipt of agentReceipts(shared)) bests.add(receipt, shared);
  return { byAgent: runSteps(bests.bests(ownSales(ownCustomers, numberOf))), none: bests.none() };
}
