import type { DecisionCandidate, DecisionRecord, SlateFacts } from '../ledger/decision.ts';
import { chooseSlate, inclusionProbabilities, type SlateColumns } from '../recommender/choose-slate.ts';
import { reweightedValue } from '../recommender/value.ts';
import { verdictCode } from '../recommender/verdict.ts';

/** A policy to be judged by another one's log; fields left out are as logged. */
export interface TargetPolicy {
  readonly valueWeight?: number;
  readonly minValue?: number;
  /** Ranks a logged basket anew; the log still says what its candidates are worth and which may not be offered. */
  readonly rerank?: (decision: DecisionRecord) => readonly RerankedProduct[];
}

/** A product as another model ranks it. */
export interface RerankedProduct {
  readonly productId: string;
  readonly probability: number;
  /** In money, where the log has none for the product; NaN unknown. */
  readonly unitValue: number;
}

/** A decision whose record says how its slate was chosen. */
export type LoggedSlate = DecisionRecord & { readonly slate: SlateFacts };

/** Candidates of a logged decision under both policies, [n] each: those of the log, then products that only the target ranks. */
export interface SlateChances {
  readonly logged: Float64Array;
  readonly target: Float64Array;
  /** The log's probability times its unit value, money: what showing the candidate is expected to earn. */
  readonly margin: Float64Array;
  /** The log's probability of acceptance. */
  readonly acceptance: Float64Array;
  /** Indexes of the suggestions, in their order. */
  readonly shown: readonly number[];
}

const OPEN = verdictCode('outranked');
const CLOSED = verdictCode('below-threshold');
/** Verdicts on candidates that another policy could have offered. */
const OFFERABLE: ReadonlySet<string> = new Set(['suggested', 'outranked', 'below-threshold']);

/**
 * How likely each candidate was to be shown, and how likely it would have been under the target policy: the same filters, pins,
 * rule factors, places and exploration, with its own probabilities, β and threshold.
 */
export function slateChances(decision: LoggedSlate, policy: TargetPolicy): SlateChances {
  const { candidates, suggestions } = decision;
  const places = new Map(candidates.map(({ productId }, at) => [productId, at]));
  const shown = suggestions.flatMap((productId) => places.get(productId) ?? []);
  const reranked = policy.rerank?.(decision);
  const unlisted = reranked?.filter(({ productId }) => !places.has(productId)) ?? [];
  const count = candidates.length + unlisted.length;
  const logged = new Float64Array(count);
  const margin = new Float64Array(count);
  const acceptance = new Float64Array(count);
  for (const at of shown) logged[at] = 1;
  for (const [at, { inclusion, probability, unitValue }] of candidates.entries()) {
    if (inclusion !== undefined) logged[at] = inclusion;
    acceptance[at] = probability;
    margin[at] = probability * Math.max(0, unitValue ?? decision.slate.referenceValue ?? 0);
  }
  const target = isAsLogged(decision.slate, policy)
    ? logged
    : targetChances(decision, policy, shown, reranked, unlisted);
  return { logged, target, margin, acceptance, shown };
}

function isAsLogged({ valueWeight, expectedValueMin }: SlateFacts, policy: TargetPolicy): boolean {
  if (policy.rerank) return false;
  return (
    (policy.valueWeight ?? valueWeight) === valueWeight &&
    (policy.minValue ?? expectedValueMin) === expectedValueMin
  );
}

function targetChances(
  decision: LoggedSlate,
  policy: TargetPolicy,
  shown: readonly number[],
  reranked: readonly RerankedProduct[] | undefined,
  unlisted: readonly RerankedProduct[],
): Float64Array {
  const { candidates, slate } = decision;
  const count = candidates.length + unlisted.length;
  const columns: SlateColumns = {
    items: Int32Array.from({ length: count }, (_, at) => at),
    probability: new Float32Array(count),
    expected: new Float64Array(count),
    verdict: new Uint8Array(count).fill(CLOSED),
  };
  const pinned = shown.slice(0, slate.pinned);
  const leastValue = policy.minValue ?? slate.expectedValueMin;
  const open = (at: number, probability: number, expected: number) => {
    columns.probability[at] = probability;
    columns.expected[at] = expected;
    if (probability > 0 && (pinned.includes(at) || !(expected < leastValue))) columns.verdict[at] = OPEN;
  };
  const probabilities = reranked && new Map(reranked.map((one) => [one.productId, one.probability]));
  const isOfferable = offerableIn(candidates);
  for (const [at, candidate] of candidates.entries()) {
    if (!isOfferable(candidate)) continue;
    const { productId, probability } = candidate;
    const own = probabilities ? (probabilities.get(productId) ?? 0) : probability;
    open(at, own || (pinned.includes(at) ? probability : 0), loggedWorth(candidate, slate, policy, own));
  }
  for (const [i, product] of unlisted.entries()) {
    open(candidates.length + i, product.probability, unlistedWorth(product, slate, policy));
  }
  const question = {
    substituteGroup: Int32Array.from(columns.items, (at) => candidates[at]?.substituteGroup ?? -1),
    limit: slate.limit,
    objective: decision.objective,
    pinned,
    exploration: slate.exploration && { share: slate.exploration.share, draw: 1 },
  };
  return Float64Array.from(inclusionProbabilities(chooseSlate(question, columns, count), count));
}

/** Includes what was refused only because a substitute was suggested. */
function offerableIn(candidates: readonly DecisionCandidate[]): (candidate: DecisionCandidate) => boolean {
  const offered = new Set(
    candidates.filter(({ verdict }) => verdict === 'suggested').map(({ substituteGroup }) => substituteGroup),
  );
  return ({ verdict, substituteGroup }) =>
    OFFERABLE.has(verdict) ||
    (verdict === 'substitute' && substituteGroup !== undefined && offered.has(substituteGroup));
}

/** EV under the target policy, in proportion to the probability, so that factors of rules stay. NaN where none is known. */
function loggedWorth(
  { expectedValue, unitValue, probability }: DecisionCandidate,
  { valueWeight, referenceValue }: SlateFacts,
  policy: TargetPolicy,
  own: number,
): number {
  if (expectedValue === null || referenceValue === null) return Number.NaN;
  const change = (policy.valueWeight ?? valueWeight) - valueWeight;
  const expected = reweightedValue(expectedValue, unitValue ?? Number.NaN, referenceValue, change);
  return probability > 0 ? (expected * own) / probability : 0;
}

function unlistedWorth(
  { probability, unitValue }: RerankedProduct,
  { valueWeight, referenceValue }: SlateFacts,
  policy: TargetPolicy,
): number {
  if (referenceValue === null) return Number.NaN;
  if (unitValue <= 0) return 0;
  return reweightedValue(
    probability * referenceValue,
    unitValue,
    referenceValue,
    policy.valueWeight ?? valueWeight,
  );
}
