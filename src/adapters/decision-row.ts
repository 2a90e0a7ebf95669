import type { DecisionCandidate, DecisionFacts, DecisionLine, DecisionRecord } from '../ledger/decision.ts';
import {
  type CandidateColumns,
  candidateColumns,
  candidatesOf,
  type DecisionColumns,
  fromColumns,
  slateValues,
} from './decision-columns.ts';

/**
 * A decision on disk: values by place, like an event (`event-row.ts`). FIELDS, null where absent; then the lines of the basket, LINE_FIELDS
 * values each; the suggested candidates as columns; and the number of other candidates. Until format 3 the columns held all candidates and
 * nothing followed them.
 */
export type DecisionRow = readonly unknown[];

/** The candidates that were not suggested, stored apart: first the places that the suggested ones have among all, then columns. */
export type PassedOverRow = readonly unknown[];

export interface DecisionRows {
  readonly row: DecisionRow;
  /** undefined where there are none */
  readonly passedOver: PassedOverRow | undefined;
}

/** As read: includes what was written until format 2. */
export type StoredDecision = DecisionRow | DecisionColumns;

/** This order never changes: a new field gets a place after the candidates. */
const FIELDS = [
  ...(['decisionId', 'tenant', 'basketId', 'atMs', 'storeId', 'channel', 'agentId', 'customer'] as const),
  ...(['arm', 'holdoutShare', 'isDrawnForCustomer', 'objective', 'suggestions'] as const),
  ...(['modelVersion', 'rulesVersion', 'stockEpoch', 'language', 'slate', 'degraded'] as const),
] as const;
const CUSTOMER = FIELDS.indexOf('customer');
const SLATE = FIELDS.indexOf('slate');
const BASKET = 19;
const CANDIDATES = 20;
const PASSED_OVER = 21;
const LINE_FIELDS = 3;
/** Places of candidates are bytes. */
const CANDIDATES_MAX = 255;
/** Separates product ids: one text is read in a fraction of the time of fifty. */
const BETWEEN_IDS = '\n';

/** Every field has a place, or this does not compile. */
type Placed = (typeof FIELDS)[number] | 'basket' | 'candidates' | 'candidatesForgotten';
type AllPlaced = Exclude<keyof DecisionColumns, Placed> extends never ? DecisionRecord : never;

/** @throws RangeError above 255 candidates */
export function toDecisionRows(decision: AllPlaced): DecisionRows {
  const count = decision.candidates.length;
  if (count > CANDIDATES_MAX)
    throw new RangeError(`decision: wanted at most ${CANDIDATES_MAX} candidates, got ${count}`);
  const { suggested, others, places } = splitCandidates(decision);
  const { slate } = decision;
  const row: unknown[] = FIELDS.map((field) => decision[field] ?? null);
  if (slate) row[SLATE] = slateValues(slate);
  const lines: (string | number | null)[] = [];
  for (const { productId, quantity, unitPrice = null } of decision.basket)
    lines.push(productId, quantity, unitPrice);
  row.push(lines, candidateValues(candidateColumns(suggested)), others.length);
  const passedOver = others.length > 0 ? [places, ...candidateValues(candidateColumns(others))] : undefined;
  return { row, passedOver };
}

function splitCandidates({ candidates, suggestions }: DecisionRecord) {
  const suggested: DecisionCandidate[] = [];
  const others: DecisionCandidate[] = [];
  const places: number[] = [];
  for (let place = 0; place < candidates.length; place++) {
    const candidate = candidates[place]!;
    if (suggestions.includes(candidate.productId)) {
      places.push(place);
      suggested.push(candidate);
    } else others.push(candidate);
  }
  return { suggested, others, places: Uint8Array.from(places) };
}

/** How many candidates of a decision are stored apart. */
export function passedOverCount(row: StoredDecision): number {
  return isRow(row) ? ((row[PASSED_OVER] as number | undefined) ?? 0) : 0;
}

/** @param passedOver the candidates stored apart; absent where they are no longer kept */
export function fromDecisionRows(row: StoredDecision, passedOver?: PassedOverRow): DecisionRecord {
  if (!isRow(row)) return fromColumns(row);
  const decision = fromDecisionRow(row);
  const candidatesForgotten = passedOverCount(row);
  if (candidatesForgotten === 0) return decision;
  if (passedOver === undefined) return { ...decision, candidatesForgotten };
  const [places, ...columns] = passedOver as [Uint8Array, ...unknown[]];
  const candidates = candidatesOf(columnsOf(columns));
  for (const [at, place] of places.entries()) candidates.splice(place, 0, decision.candidates[at]!);
  return { ...decision, candidates };
}

function fromDecisionRow(row: DecisionRow): DecisionRecord {
  const columns: Record<string, unknown> = {};
  for (const [place, field] of FIELDS.entries()) if (row[place] != null) columns[field] = row[place];
  columns.basket = linesOf(row[BASKET] as (string | number | null)[]);
  columns.candidates = columnsOf(row[CANDIDATES] as unknown[]);
  return fromColumns(columns as unknown as DecisionColumns);
}

/** What reports need: without the candidates, which are most of a row. */
export function factsOfRow(row: StoredDecision): DecisionFacts {
  if (!isRow(row)) {
    const { candidates: _, ...facts } = row;
    return facts;
  }
  const [decisionId, tenant, basketId, atMs, storeId, channel, agentId, customer, ...more] =
    row as FactValues;
  const [arm, holdoutShare, isDrawnForCustomer, objective, suggestions] = more;
  return {
    decisionId,
    tenant,
    basketId,
    atMs,
    storeId: storeId ?? undefined,
    channel: channel ?? undefined,
    agentId: agentId ?? undefined,
    customer: customer ?? undefined,
    arm,
    holdoutShare: holdoutShare ?? undefined,
    isDrawnForCustomer: isDrawnForCustomer ?? undefined,
    objective,
    suggestions,
    basket: linesOf(row[BASKET] as (string | number | null)[]),
  } as DecisionFacts;
}

type FactValues = readonly [
  ...[string, string, string, number, string | null, string | null, string | null, string | null],
  ...[DecisionFacts['arm'], number | null, true | null, DecisionFacts['objective'], string[]],
];

/** The same decision with another name for its customer. */
export function withCustomer(row: StoredDecision, customer: string): StoredDecision {
  return isRow(row) ? row.with(CUSTOMER, customer) : { ...row, customer };
}

function isRow(row: StoredDecision): row is DecisionRow {
  return Array.isArray(row);
}

function linesOf(values: readonly (string | number | null)[]): DecisionLine[] {
  const lines: DecisionLine[] = [];
  for (let at = 0; at < values.length; at += LINE_FIELDS) {
    const productId = values[at] as string;
    const quantity = values[at + 1] as number;
    const unitPrice = values[at + 2] as number | null;
    lines.push(unitPrice === null ? { productId, quantity } : { productId, quantity, unitPrice });
  }
  return lines;
}

function candidateValues(columns: CandidateColumns): unknown[] {
  const { productIds, floats, verdicts, verdict } = columns;
  const { included = null, inclusion = null, groups = null } = columns;
  const isPlain = productIds.every((id) => !id.includes(BETWEEN_IDS));
  const ids = isPlain && productIds.length > 0 ? productIds.join(BETWEEN_IDS) : productIds;
  return [ids, floats, verdicts, verdict, included, inclusion, groups];
}

function columnsOf(values: readonly unknown[]): CandidateColumns {
  const [ids, floats, verdicts, verdict, included, inclusion, groups] = values as [
    ...[string | string[], Uint8Array, string[], Uint8Array],
    ...(Uint8Array | null)[],
  ];
  return {
    version: 2,
    floats,
    verdicts,
    verdict,
    productIds: typeof ids === 'string' ? ids.split(BETWEEN_IDS) : ids,
    ...(included && { included }),
    ...(inclusion && { inclusion }),
    ...(groups && { groups }),
  };
}
