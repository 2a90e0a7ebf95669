import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DOUBLE, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Database, RootDatabase } from 'lmdb';
import type { DecisionCandidate, DecisionRecord } from '../ledger/decision.ts';
import { SegmentLost } from '../ledger/event-store.ts';
import { markSealed } from './data-format.ts';
import { openScratch, sqlPath, sqlText } from './duckdb-scratch.ts';
import type { LmdbDecisions } from './lmdb-decisions.ts';
import { fingerprint, type ParquetColumn, type WrittenFile } from './parquet-files.ts';

/** What lies in one file of sealed candidates. */
export interface SealedSegment extends WrittenFile {
  /** Keys of the first and the last decision of the segment. */
  readonly firstKey: string;
  readonly lastKey: string;
  readonly decisions: number;
  /** When the first and the last of them was made, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Key up to which the decisions in the database have given their candidates up; `lastKey` when all have. */
  readonly sealedTo: string;
}

/** A candidate of a decision, at place 1 the most probable. */
interface CandidateRow {
  readonly decisionId: string;
  readonly place: number;
  readonly candidate: DecisionCandidate;
}

/** `unit_value` is NULL where it was not recorded, NaN where it was not known. */
export const CANDIDATE_COLUMNS: readonly ParquetColumn<CandidateRow>[] = [
  { name: 'decision_id', type: VARCHAR, cell: ({ decisionId }) => decisionId },
  { name: 'place', type: INTEGER, cell: ({ place }) => place },
  { name: 'product_id', type: VARCHAR, cell: ({ candidate }) => candidate.productId },
  { name: 'probability', type: DOUBLE, cell: ({ candidate }) => candidate.probability },
  { name: 'expected_value', type: DOUBLE, cell: ({ candidate }) => candidate.expectedValue },
  { name: 'verdict', type: VARCHAR, cell: ({ candidate }) => candidate.verdict },
  {
    name: 'unit_value',
    type: DOUBLE,
    cell: ({ candidate: { unitValue } }) => (unitValue === undefined ? null : (unitValue ?? Number.NaN)),
  },
  { name: 'inclusion', type: DOUBLE, cell: ({ candidate }) => candidate.inclusion ?? null },
  { name: 'substitute_group', type: INTEGER, cell: ({ candidate }) => candidate.substituteGroup ?? null },
];

export const SEALED_FOLDER = 'sealed';

/** How the files of segments begin; others in their folder are not complete. */
export const SEGMENT = 'candidates-';

/** The sealed segments of a data folder: their list in its database, their files beside it. */
export class SealedSegments {
  readonly folder: string;
  readonly #root: RootDatabase;
  readonly #segments: Database<SealedSegment, [string, string]>;

  /** @param path of the data folder @param root its environment */
  constructor(root: RootDatabase, path: string) {
    this.folder = join(path, SEALED_FOLDER);
    this.#root = root;
    this.#segments = root.openDB({ name: 'sealed-segments' });
  }

  makeFolder(): void {
    mkdirSync(this.folder, { recursive: true });
  }

  /** Of one tenant or of all, oldest first. */
  all(tenantKey?: string): SealedSegment[] {
    this.#segments.resetReadTxn();
    const range = tenantKey === undefined ? {} : { start: [tenantKey, ''], end: [`${tenantKey}\u007f`] };
    return [...this.#segments.getRange(range as object)].map(({ value }) => value);
  }

  /**
   * Lists a segment behind the one that ends with the key `after`; false where another process has listed one meanwhile. MUST
   * run inside a transaction, as `giveUp`.
   */
  add(tenantKey: string, segment: SealedSegment, after: string): boolean {
    const latest = this.#last(tenantKey);
    if ((latest?.lastKey ?? '') !== after) return false;
    this.#segments.putSync([tenantKey, segment.firstKey], segment);
    markSealed(this.#root);
    return true;
  }

  /** Takes candidates out of the database that are in the segment; of its decisions, all are read up to the key `to`. */
  giveUp(
    tenantKey: string,
    { firstKey, path }: SealedSegment,
    { decisions, sealed, to }: { decisions: LmdbDecisions; sealed: readonly DecisionRecord[]; to: string },
  ): void {
    decisions.seal(tenantKey, sealed, path);
    const listed = this.#segments.get([tenantKey, firstKey])!;
    if (to > listed.sealedTo) this.#segments.putSync([tenantKey, firstKey], { ...listed, sealedTo: to });
  }

  #last(tenantKey: string): SealedSegment | undefined {
    // Downwards, from behind all that begins with the tenant's key.
    const range = { start: [`${tenantKey}\u007f`, ''], end: [tenantKey, ''], reverse: true, limit: 1 };
    return [...this.#segments.getRange(range as object)][0]?.value;
  }

  /** Segments whose file is away or not as it was written. */
  async damaged(): Promise<SealedSegment[]> {
    const found: SealedSegment[] = [];
    for (const segment of this.all()) {
      const path = join(this.folder, segment.path);
      if (!existsSync(path) || (await fingerprint(path)).sha256 !== segment.sha256) found.push(segment);
    }
    return found;
  }

  /** A reader of candidates; to be closed. */
  async openReader(): Promise<CandidateReader> {
    return new CandidateReader(this.folder, await openScratch());
  }
}

export class CandidateReader {
  readonly #folder: string;
  readonly #scratch: Awaited<ReturnType<typeof openScratch>>;

  constructor(folder: string, scratch: Awaited<ReturnType<typeof openScratch>>) {
    this.#folder = folder;
    this.#scratch = scratch;
  }

  /**
   * The candidates of decisions that lie near each other in a segment, by decision. @throws SegmentLost
   */
  async candidates(
    segment: string,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly DecisionCandidate[]>> {
    const byDecision = new Map<string, DecisionCandidate[]>(ids.map((id) => [id, []]));
    for (const [id, ...cells] of await this.#rows(segment, ids))
      byDecision.get(String(id))?.push(candidateOf(cells));
    return byDecision;
  }

  close(): Promise<void> {
    return this.#scratch.close();
  }

  async #rows(segment: string, ids: readonly string[]) {
    const columns = CANDIDATE_COLUMNS.filter(({ name }) => name !== 'place').map(({ name }) => name);
    const sorted = [...ids].sort();
    const [first, last] = [sorted[0]!, sorted.at(-1)!].map(sqlText);
    try {
      return await this.#scratch.rows(
        `SELECT ${columns.join()} FROM read_parquet(${sqlPath(join(this.#folder, segment))})
       WHERE decision_id BETWEEN ${first} AND ${last} ORDER BY decision_id, place`,
      );
    } catch (cause) {
      throw new SegmentLost(`The sealed segment ${segment} cannot be read; run basketlift doctor.`, {
        cause,
      });
    }
  }
}

function candidateOf(cells: readonly unknown[]): DecisionCandidate {
  const [productId, probability, expectedValue, verdict, unitValue, inclusion, substituteGroup] =
    cells as readonly [
      ...[string, number, number | null, string],
      ...[number | null, number | null, number | null],
    ];
  return {
    ...{ productId, probability, expectedValue, verdict },
    ...(unitValue !== null && { unitValue: Number.isNaN(unitValue) ? null : unitValue }),
    ...(inclusion !== null && { inclusion }),
    ...(substituteGroup !== null && { substituteGroup }),
  };
}

/** The rows of a decision in a segment; one of no candidate has none. */
export function candidateRows({ decisionId, candidates }: DecisionRecord): CandidateRow[] {
  return candidates.map((candidate, at) => ({ decisionId, candidate, place: at + 1 }));
}
