import type { BasketBook } from '../ledger/basket-book.ts';
import { ClusterNumbers } from '../ledger/cluster-numbers.ts';
import type { DecisionRecord } from '../ledger/decision.ts';
import { isDecidedIn } from '../ledger/experiment.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import { type OffPolicyReport, type RewardMoney, reportOffPolicy } from '../ledger/off-policy-report.ts';
import { OffPolicySample } from '../ledger/off-policy-sample.ts';
import { netProducts, type PaidProduct } from '../ledger/paid-products.ts';
import { frameReport, type OffPolicyQuery, type ReportFrame, type ReportScope } from './report-query.ts';
import { finish, inSlices, type LedgerSource, readBook } from './report-source.ts';
import { type LoggedSlate, slateChances, type TargetPolicy } from './target-slate.ts';

export type OffPolicyAnswer = ReportScope & {
  /** What in the policy differs from the logged one. */
  readonly policy: {
    readonly valueWeight?: number;
    readonly minValue?: number;
    /** Version of the model that ranks. */
    readonly candidate?: string;
  };
  /** Offers that cannot be used: without a full ranking, recorded without their slate, or no later than one with forgotten candidates. */
  readonly leftOut: number;
} & OffPolicyReport;

/** Another model to rank with. */
export interface CandidateRanking {
  readonly version: string;
  readonly rerank: NonNullable<TargetPolicy['rerank']>;
}

/**
 * What another policy would have earned, from the logged decisions of this one.
 *
 * @throws as runSalesReport
 */
export async function runOffPolicy(
  source: LedgerSource,
  query: OffPolicyQuery,
  candidate?: CandidateRanking,
): Promise<OffPolicyAnswer> {
  const frame = frameReport(query, source.nowMs);
  const { valueWeight, minValue } = query;
  const changes = {
    ...(valueWeight !== undefined && { valueWeight }),
    ...(minValue !== undefined && { minValue }),
  };
  const policy = { ...changes, ...(candidate && { rerank: candidate.rerank }) };
  const book = await readBook(source);
  const fold = new OffPolicyFold(
    policy,
    frame,
    await rewardsOf(source, book),
    await clustersOf(source, book),
  );
  await inSlices(source, source.events.decisions(source.tenant), (decision) => fold.add(decision));
  const report = await finish(source, reportOffPolicy(fold.sample, fold.money()));
  return {
    ...frame.scope,
    policy: { ...changes, ...(candidate && { candidate: candidate.version }) },
    leftOut: fold.leftOut,
    ...report,
  };
}

/** decision id → product id → what was paid for it after it had been accepted, by currency */
type Rewards = ReadonlyMap<string, ReadonlyMap<string, readonly PaidProduct[]>>;

async function rewardsOf(source: LedgerSource, book: BasketBook): Promise<Rewards> {
  const rewards = new Map<string, Map<string, readonly PaidProduct[]>>();
  await inSlices(source, book.acceptances(), ({ offers, sales, refunds }) => {
    const paid = netProducts(sales, refunds);
    for (const { decisionId, productId } of offers) {
      const own = paid.filter((product) => product.productId === productId);
      if (own.length === 0) continue;
      getOrMake(rewards, decisionId, () => new Map<string, readonly PaidProduct[]>()).set(productId, own);
    }
  });
  return rewards;
}

/** basket id → number of its customer, or of itself where the customer is not known */
async function clustersOf(source: LedgerSource, book: BasketBook): Promise<ReadonlyMap<string, number>> {
  const clusters = new Map<string, number>();
  const numbers = new ClusterNumbers<string>();
  await inSlices(source, book.outcomes(), ({ basketId, customer }) => {
    clusters.set(basketId, numbers.next(customer));
  });
  return clusters;
}

/** What the offers in the sample come to. */
const nothingTaken = () => ({
  offers: 0,
  sample: new OffPolicySample(),
  /** Basket, draw and slate → place in the sample. */
  asked: new Map<string, number>(),
  currencies: new Set<string>(),
  revenueMinor: 0,
  costedRevenueMinor: 0,
});

class OffPolicyFold {
  leftOut = 0;
  #taken = nothingTaken();
  readonly #policy: TargetPolicy;
  readonly #frame: ReportFrame;
  readonly #rewards: Rewards;
  readonly #clusters: ReadonlyMap<string, number>;

  constructor(
    policy: TargetPolicy,
    frame: ReportFrame,
    rewards: Rewards,
    clusters: ReadonlyMap<string, number>,
  ) {
    this.#policy = policy;
    this.#frame = frame;
    this.#rewards = rewards;
    this.#clusters = clusters;
  }

  get sample(): OffPolicySample {
    return this.#taken.sample;
  }

  add(decision: DecisionRecord): void {
    const { selection, calendar } = this.#frame;
    const cluster = this.#clusters.get(decision.basketId);
    // Recorded since the book was read.
    if (cluster === undefined) return;
    if (decision.objective !== 'value' || decision.arm !== 'treatment') return;
    if (!isDecidedIn(selection, calendar, decision)) return;
    if (decision.candidatesForgotten !== undefined) {
      this.#forgetEarlier();
      return;
    }
    if (!hasSlate(decision) || decision.degraded.includes('ranking')) {
      this.leftOut++;
      return;
    }
    const chances = slateChances(decision, this.#policy);
    const evaluated = {
      cluster,
      logged: chances.logged,
      target: chances.target,
      shown: chances.shown,
      modelled: [chances.margin, chances.acceptance],
      rewards: this.#rewardsOf(decision),
    };
    this.#taken.offers++;
    const known = this.#isAskedAgain(decision);
    if (known === undefined) this.sample.add(evaluated);
    else this.sample.addRewards(known, evaluated);
  }

  money(): RewardMoney {
    const { currencies, revenueMinor, costedRevenueMinor } = this.#taken;
    return {
      currencies: [...currencies].sort(),
      costKnownShare: revenueMinor > 0 ? costedRevenueMinor / revenueMinor : 0,
    };
  }

  /**
   * Decisions come in order of time, and candidates are forgotten up to some time. Of the decisions before it, mostly those without other
   * candidates are complete: a biased selection.
   */
  #forgetEarlier(): void {
    this.leftOut += this.#taken.offers + 1;
    this.#taken = nothingTaken();
  }

  /** The place in the sample of the same question, answered by the same draw; undefined if there is none. */
  #isAskedAgain({ basketId, suggestions, slate }: LoggedSlate): number | undefined {
    if (!slate.exploration) return undefined;
    const key = [basketId, slate.exploration.draw, ...suggestions].join('\n');
    const { asked, sample } = this.#taken;
    const known = asked.get(key);
    if (known === undefined) asked.set(key, sample.count);
    return known;
  }

  /** Net margin in minor units, and acceptances, of each suggestion. */
  #rewardsOf({ decisionId, suggestions }: DecisionRecord): readonly (readonly number[])[] {
    const paid = this.#rewards.get(decisionId);
    const products = suggestions.map((productId) => paid?.get(productId) ?? []);
    for (const { currency, revenueMinor, isCostKnown } of products.flat()) {
      this.#taken.currencies.add(currency);
      this.#taken.revenueMinor += revenueMinor;
      if (isCostKnown) this.#taken.costedRevenueMinor += revenueMinor;
    }
    return [products.map(marginMinor), products.map((own) => (own.length > 0 ? 1 : 0))];
  }
}

function marginMinor(own: readonly PaidProduct[]): number {
  return own.reduce((sum, one) => sum + (one.isCostKnown ? one.revenueMinor - one.costMinor : 0), 0);
}

function hasSlate(decision: DecisionRecord): decision is LoggedSlate {
  return decision.slate !== undefined;
}
