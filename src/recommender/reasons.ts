/** Facts that speak for a suggestion. Those of stock and of the customer's past are for staff only: see isCustomerSafe. */
export type Reason =
  | { readonly code: 'bought-together'; readonly withProductId: string; readonly share: number }
  | { readonly code: 'similar-baskets'; readonly share: number }
  | { readonly code: 'goes-with'; readonly withProductId: string }
  | { readonly code: 'bought-before'; readonly baskets: number }
  | { readonly code: 'popular'; readonly share: number }
  | { readonly code: 'slow-stock'; readonly daysOfSupply: number }
  | { readonly code: 'pinned'; readonly ruleId: string };

export function isCustomerSafe(reason: Reason): boolean {
  return CUSTOMER_SAFE.has(reason.code);
}

const CUSTOMER_SAFE: ReadonlySet<Reason['code']> = new Set([
  'bought-together',
  'similar-baskets',
  'goes-with',
  'popular',
]);

/** What is known of one suggestion, as far as it can be a reason. */
export interface ReasonFacts {
  readonly withProductId: string | undefined;
  /**
   * Share of the baskets with that product that hold the suggestion; without a product, share of the most similar past baskets. NaN
   * unknown: with a product, the suggestion has never been sold but is like what is bought beside that product.
   */
  readonly reasonShare: number;
  /** Share of all baskets that hold the suggestion. */
  readonly popularShare: number;
  /** Baskets of the customer that held the suggestion. */
  readonly ownBaskets: number;
  readonly pinnedBy: string | undefined;
  readonly daysOfSupply: number;
  readonly holding: number;
}

/** Similar baskets that hold the suggestion less often than this are no reason. */
const SIMILAR_SHARE_MIN = 0.01;
/** Days of supply stated for stock without any demand. */
const DAYS_STATED_MAX = 9999;

/** Reasons, strongest first; never without one that a customer may hear: a prompt without a reason may not be shown. */
export function reasonsFor(facts: ReasonFacts): Reason[] {
  const reasons: Reason[] = [];
  const share = rounded(facts.reasonShare, 4);
  if (facts.withProductId !== undefined && share > 0) {
    reasons.push({ code: 'bought-together', withProductId: facts.withProductId, share });
  } else if (facts.withProductId !== undefined && Number.isNaN(share)) {
    reasons.push({ code: 'goes-with', withProductId: facts.withProductId });
  } else if (share >= SIMILAR_SHARE_MIN) reasons.push({ code: 'similar-baskets', share });
  if (facts.ownBaskets > 0) reasons.push({ code: 'bought-before', baskets: facts.ownBaskets });
  if (facts.pinnedBy !== undefined) reasons.push({ code: 'pinned', ruleId: facts.pinnedBy });
  if (!reasons.some(({ code }) => code !== 'bought-before'))
    reasons.push({ code: 'popular', share: rounded(facts.popularShare, 4) });
  if (facts.holding > 0)
    reasons.push({
      code: 'slow-stock',
      daysOfSupply: Math.min(Math.round(facts.daysOfSupply), DAYS_STATED_MAX),
    });
  return reasons;
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
