import type { z } from 'zod';
import type { ContestStore } from '../ledger/contest-store.ts';
import { HomeStores } from '../ledger/home-stores.ts';
import { type AgentBests, PersonalBests } from '../ledger/personal-bests.ts';
import type { bestsQuerySchema } from './report-query.ts';
import { finish, inSlices, type LedgerSource, readBook } from './run-report.ts';
import { zoneCalendar } from './zone-calendar.ts';

export type BestsQuery = z.infer<typeof bestsQuerySchema>;

/** Every agent's bests in one calendar. */
export interface AllBests {
  readonly query: BestsQuery;
  readonly byAgent: ReadonlyMap<string, AgentBests>;
  /** Of an agent who is not among them. */
  readonly none: AgentBests;
  /** The store in which the agent has most paid baskets; null without one. */
  readonly storeOf: (agentId: string) => string | null;
}

/** @throws as runSalesReport */
export async function runBests(
  source: LedgerSource & { readonly contests: Pick<ContestStore, 'contests'> },
  query: BestsQuery,
): Promise<AllBests> {
  const { tenant, nowMs, contests } = source;
  const calendar = zoneCalendar(query.tz, query.dayEnds);
  const ownCustomers = contests.contests(tenant).flatMap(({ rules }) => rules.ownCustomers);
  const bests = new PersonalBests(calendar, nowMs, ownCustomers);
  const stores = new HomeStores(() => ALWAYS);
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => {
    bests.add(outcome);
    stores.add(outcome);
  });
  return {
    query,
    byAgent: await finish(source, bests.bests()),
    none: bests.none(),
    storeOf: (agentId) => stores.of(agentId, ALWAYS),
  };
}

/** The one period over which it is counted where an agent works. */
const ALWAYS = 'always';
