import type { z } from 'zod';
import type { ContestStore } from '../ledger/contest-store.ts';
import type { OwnCustomer } from '../ledger/counted-sales.ts';
import { HomeStores } from '../ledger/home-stores.ts';
import { IS_SOLD, type SalesColumns } from '../ledger/outcome-columns.ts';
import type { Kept } from '../ledger/outcome-store.ts';
import { type AgentBests, PersonalBests } from '../ledger/personal-bests.ts';
import { Problem } from './problem.ts';
import type { bestsQuerySchema } from './report-query.ts';
import { EVER, finish, fromOutcomes, inSlices, type OutcomeSource } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

export type BestsQuery = z.infer<typeof bestsQuerySchema>;

export interface BestsQuestion {
  readonly query: BestsQuery;
  /** What agents sell to themselves does not count: as all contests of the tenant name them. */
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
  /** The store in which each of them has most paid baskets. */
  readonly storeOf: ReadonlyMap<string, string>;
}

/** @throws as runSalesReport */
export async function runBests(
  source: OutcomeSource,
  { query, ownCustomers }: BestsQuestion,
): Promise<AllBests> {
  const calendar = zoneCalendar(query.tz, query.dayEnds);
  return fromOutcomes(source, async ({ outcomes, tenant }) => {
    const bests = new PersonalBests(calendar, source.nowMs, ownCustomers);
    const stores = new HomeStores();
    const single = outcomes.baskets(tenant);
    const sold: number[] = [];
    for (const columns of outcomes.sales(tenant, ...EVER)) {
      for (const at of soldByAgents(columns)) {
        sold.push(columns.firstBasket + at);
        stores.add(ALWAYS, columns.names.places[columns.baskets.place[at]!]!, 1);
      }
    }
    if (sold.length > BASKETS_MAX) {
      const detail = `Wanted at most ${BASKETS_MAX} baskets that agents were paid for; there are ${sold.length}.`;
      throw new Problem('too-much', detail);
    }
    await inSlices(source, sold, (basket) => {
      for (const outcome of single.fold(basket).outcomes()) bests.add(outcome);
    });
    const byAgent = await finish(source, bests.bests());
    const storeOf = new Map([...byAgent.keys()].map((agentId) => [agentId, stores.of(agentId, ALWAYS)!]));
    return { query, byAgent, none: bests.none(), storeOf };
  });
}

/** Their outcomes are held until the last is there: about a kilobyte each. */
const BASKETS_MAX = 2_000_000;
/** The one period over which it is counted where an agent works. */
const ALWAYS = 'always';

/** Rows of baskets that an agent was paid for. */
function* soldByAgents({ count, baskets, names }: Kept<SalesColumns>): Generator<number> {
  for (let at = 0; at < count; at++) {
    if ((baskets.state[at]! & IS_SOLD) === 0) continue;
    if (names.places[baskets.place[at]!]!.agentId !== undefined) yield at;
  }
}
