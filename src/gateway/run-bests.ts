import type { z } from 'zod';
import { agentReceipts, type OwnCustomer, ownSales } from '../ledger/agent-receipts.ts';
import { WHOLE_BASIS_POINTS } from '../ledger/apportion.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import { HomeStores } from '../ledger/home-stores.ts';
import { type AgentBests, PersonalBests } from '../ledger/personal-bests.ts';
import { shareOut } from '../ledger/shared-sales.ts';
import type { bestsQuerySchema } from './report-query.ts';
import { EVER, finish, fromOutcomes, type OutcomeSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

export type BestsQuery = z.infer<typeof bestsQuerySchema>;

export interface BestsQuestion {
  readonly query: BestsQuery;
  /** The agents as customers, from all contests of the tenant: what they sell to themselves does not count. */
  readonly ownCustomers: readonly OwnCustomer[];
}

export function bestsQuestion(
  contests: Pick<ContestStore, 'contests'>,
  tenant: string,
  query: BestsQuery,
): BestsQuestion {
  return { query, ownCustomers: contests.contests(tenant).flatMap(({ rules }) => rules.ownCustomers) };
}

/** Every agent's bests in one calendar. */
export interface AllBests {
  readonly query: BestsQuery;
  readonly byAgent: ReadonlyMap<string, AgentBests>;
  /** Of an agent who is not among them. */
  readonly none: AgentBests;
  /** The store in which each of them has the most paid baskets. */
  readonly storeOf: ReadonlyMap<string, string>;
}

/** @throws as runSalesReport */
export async function runBests(
  source: OutcomeSource,
  { query, ownCustomers }: BestsQuestion,
): Promise<AllBests> {
  const calendar = zoneCalendar(query.tz, query.dayEnds);
  return fromOutcomes(source, async ({ outcomes, tenant }) => {
    const bests = new PersonalBests(calendar, source.nowMs);
    const stores = new HomeStores();
    const single = outcomes.baskets(tenant);
    for (const columns of outcomes.sales(tenant, ...EVER)) {
      const shared = shareOut(columns);
      for (const receipt of agentReceipts(shared)) {
        bests.add(receipt, shared);
        stores.add(ALWAYS, receipt, receipt.basisPoints / WHOLE_BASIS_POINTS);
      }
    }
    const isOwn = ownSales(ownCustomers, single.numberOf);
    const byAgent = await finish(source, bests.bests(isOwn));
    const storeOf = new Map([...byAgent.keys()].map((agentId) => [agentId, stores.of(agentId, ALWAYS)!]));
    return { query, byAgent, none: bests.none(), storeOf };
  });
}

/** The single period used to find where an agent works. */
const ALWAYS = 'always';
