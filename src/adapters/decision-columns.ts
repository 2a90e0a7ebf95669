import type { DecisionCandidate, DecisionRecord, SlateFacts } from '../ledger/decision.ts';
import type { Writable } from '../ledger/writable.ts';

/**
 * A decision with its candidates as columns. They take a quarter of the space of rows, so that a decision with 50 candidates fits in one
 * database page.
 */
export interface DecisionColumns extends Omit<DecisionRecord, 'candidates' | 'slate'> {
  readonly slate?: SlateValues;
  readonly candidates: CandidateColumns | CandidateColumnsBefore;
}

/** Numbers are f32, little-endian: the precision of the ranking. */
export interface CandidateColumns {
  readonly version: 2;
  readonly productIds: readonly string[];
  /** Probability of each, then expected value of each, then unit value of each where those are recorded; NaN for unknown. */
  readonly floats: Uint8Array;
  /** Distinct verdicts, and for each candidate the index of its own. */
  readonly verdicts: readonly string[];
  readonly verdict: Uint8Array;
  /** Where inclusion is recorded: the indexes of candidates with a chance, and their chances. */
  readonly included?: Uint8Array;
  readonly inclusion?: Uint8Array;
  /** Where any candidate has one: the substitute group of each, NO_GROUP for none. */
  readonly groups?: Uint8Array;
}

/** Written before there was exploration: f64 columns of probability and expected value. */
interface CandidateColumnsBefore {
  readonly version?: undefined;
  readonly productIds: readonly string[];
  readonly numbers: Uint8Array;
  readonly verdicts: readonly string[];
  readonly verdict: Uint8Array;
}

/** limit, pinned, β, least value, Vref; then share, draw and what was explored, where that is recorded. */
type SlateValues = readonly (number | string | null)[];

const FLOAT_BYTES = 4;
const NO_GROUP = 255;

/** For at most 255 candidates, as their places are bytes. */
export function candidateColumns(candidates: readonly DecisionCandidate[]): CandidateColumns {
  const columns = plainColumns(candidates);
  if (candidates.some(({ inclusion }) => inclusion !== undefined)) addInclusion(columns, candidates);
  if (candidates.some(({ substituteGroup }) => substituteGroup !== undefined)) addGroups(columns, candidates);
  return columns;
}

/** In plain loops for speed, as every answer is recorded. */
function plainColumns(candidates: readonly DecisionCandidate[]): Writable<CandidateColumns> {
  const n = candidates.length;
  const hasUnitValues = candidates.some(({ unitValue }) => unitValue !== undefined);
  const floats = new Float32Array((hasUnitValues ? 3 : 2) * n);
  const productIds: string[] = [];
  const verdicts: string[] = [];
  const verdict = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const candidate = candidates[i]!;
    productIds.push(candidate.productId);
    floats[i] = candidate.probability;
    floats[n + i] = candidate.expectedValue ?? Number.NaN;
    if (hasUnitValues) floats[2 * n + i] = candidate.unitValue ?? Number.NaN;
    const known = verdicts.indexOf(candidate.verdict);
    verdict[i] = known >= 0 ? known : verdicts.push(candidate.verdict) - 1;
  }
  return { version: 2, productIds, floats: bytesOf(floats), verdicts, verdict };
}

function addGroups(columns: Writable<CandidateColumns>, candidates: readonly DecisionCandidate[]): void {
  columns.groups = Uint8Array.from(candidates, ({ substituteGroup }) => substituteGroup ?? NO_GROUP);
}

export function fromColumns({ candidates: columns, slate, ...rest }: DecisionColumns): DecisionRecord {
  const candidates = columns.version === undefined ? rowsBefore(columns) : candidatesOf(columns);
  return { ...rest, candidates, ...(slate && { slate: slateOf(slate) }) };
}

function addInclusion(columns: Writable<CandidateColumns>, candidates: readonly DecisionCandidate[]): void {
  const included = Uint8Array.from(candidates.keys()).filter((i) => (candidates[i]!.inclusion ?? 0) > 0);
  columns.included = included;
  columns.inclusion = bytesOf(Float32Array.from(included, (i) => candidates[i]!.inclusion!));
}

export function candidatesOf(columns: CandidateColumns): DecisionCandidate[] {
  const { productIds, verdicts, verdict, included, groups } = columns;
  const n = productIds.length;
  const floats = floatsOf(columns.floats);
  const hasUnitValues = floats.length > 2 * n;
  const chances = columns.inclusion && floatsOf(columns.inclusion);
  return productIds.map((productId, i) => ({
    productId,
    probability: floats[i]!,
    expectedValue: numberOrNull(floats[n + i]!),
    verdict: verdicts[verdict[i]!]!,
    ...(hasUnitValues && { unitValue: numberOrNull(floats[2 * n + i]!) }),
    ...(included && chances && { inclusion: chances[included.indexOf(i)] ?? 0 }),
    ...(groups && groups[i] !== NO_GROUP && { substituteGroup: groups[i]! }),
  }));
}

function rowsBefore({ productIds, numbers, verdicts, verdict }: CandidateColumnsBefore): DecisionCandidate[] {
  const n = productIds.length;
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return productIds.map((productId, i) => ({
    productId,
    probability: view.getFloat64(8 * i, true),
    expectedValue: numberOrNull(view.getFloat64(8 * (n + i), true)),
    verdict: verdicts[verdict[i]!]!,
  }));
}

export function slateValues(slate: SlateFacts): SlateValues {
  const { limit, pinned, valueWeight, expectedValueMin, referenceValue, exploration } = slate;
  const drawn = exploration ? [exploration.share, exploration.draw, exploration.explored] : [];
  return [limit, pinned, valueWeight, expectedValueMin, referenceValue, ...drawn];
}

function slateOf(values: SlateValues): SlateFacts {
  const [limit, pinned, valueWeight, expectedValueMin, referenceValue, share, draw, explored] = values as [
    ...[number, number, number, number, number | null],
    ...[number?, number?, (string | null)?],
  ];
  return {
    limit,
    pinned,
    valueWeight,
    expectedValueMin,
    referenceValue,
    ...(share !== undefined &&
      draw !== undefined && { exploration: { share, draw, explored: explored ?? null } }),
  };
}

/** Little-endian, like all machines that we run Node on. */
function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / FLOAT_BYTES);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(FLOAT_BYTES * i, true);
  return values;
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
