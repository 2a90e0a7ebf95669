import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DecisionRecord } from '../ledger/decision.ts';
import { withScratch } from './duckdb-scratch.ts';
import { inPages } from './in-pages.ts';
import { decisionKey, type LmdbDecisions } from './lmdb-decisions.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import { ParquetFiles } from './parquet-files.ts';
import {
  CANDIDATE_COLUMNS,
  type CandidateReader,
  candidateRows,
  SEGMENT,
  type SealedSegment,
  type SealedSegments,
} from './sealed-segments.ts';

export interface SealingParts {
  readonly decisions: LmdbDecisions;
  readonly commits: LmdbGroupCommit;
  readonly segments: SealedSegments;
}

export interface SealingWish {
  /** Decisions made before this time are sealed, epoch ms. */
  readonly beforeMs: number;
  /** Called with each segment once its decisions are sealed. */
  readonly onSegment?: (segment: SealedSegment) => void;
  /** Of one segment at most. Default 20,000, whose candidates are a million rows. */
  readonly decisionsMax?: number;
}

const DECISIONS_MAX = 20_000;
/** Decisions compared with a file at once, and changed by one transaction, which keeps others from writing for a millisecond. */
const PAGE_DECISIONS = 500;
const STEP_DECISIONS = 50;

/**
 * Moves the candidates of old decisions, which are most of a ledger, into Parquet files; those that were suggested stay, and so
 * does all else, so that only a report on other policies reads the files. A file is complete, on disk and listed before the
 * first decision gives anything up, and each one is compared with it. May run beside gateways, be cut off and be repeated.
 */
export async function sealDecisions(parts: SealingParts, wish: SealingWish): Promise<SealedSegment[]> {
  parts.segments.makeFolder();
  const sealed: SealedSegment[] = [];
  for (const tenantKey of parts.decisions.tenantKeys()) {
    const latest = parts.segments.all(tenantKey).at(-1);
    let next = latest && latest.sealedTo !== latest.lastKey ? latest : undefined;
    let after = latest?.lastKey ?? '';
    for (;;) {
      next ??= await writeSegment(parts, wish, tenantKey, after);
      if (!next) break;
      await giveUp(parts, tenantKey, next);
      sealed.push({ ...next, sealedTo: next.lastKey });
      wish.onSegment?.(next);
      after = next.lastKey;
      next = undefined;
    }
  }
  return sealed;
}

/** The next segment behind a key, written and listed; undefined where there is nothing old enough. */
async function writeSegment(
  parts: SealingParts,
  wish: SealingWish,
  tenantKey: string,
  after: string,
): Promise<SealedSegment | undefined> {
  const { commits, segments } = parts;
  const { file, decisions } = await writeCandidates(parts, wish, tenantKey, after);
  const written = join(segments.folder, file.path);
  const [first, last] = [decisions[0], decisions.at(-1)];
  if (!first || !last) {
    rmSync(written);
    return undefined;
  }
  const segment: SealedSegment = {
    ...file,
    path: `${SEGMENT}${tenantKey}-${first.key}-${randomBytes(4).toString('hex')}.parquet`,
    ...{ firstKey: first.key, lastKey: last.key, decisions: decisions.length },
    ...{ fromMs: first.atMs, toMs: last.atMs, sealedTo: '' },
  };
  const path = join(segments.folder, segment.path);
  flushToDisk(written);
  renameSync(written, path);
  flushToDisk(segments.folder);
  if (await commits.commit(1, () => segments.add(tenantKey, segment, after))) return segment;
  rmSync(path);
  throw new Error('seal: another process seals this data folder; wait until it has ended.');
}

/** Writes the candidates of the decisions behind a key into one file, under the name of a file that is not complete. */
function writeCandidates(
  { decisions, segments }: SealingParts,
  { beforeMs, decisionsMax = DECISIONS_MAX }: SealingWish,
  tenantKey: string,
  after: string,
) {
  return withScratch(async (scratch) => {
    await scratch.run('SET preserve_insertion_order = true');
    const name = `writing-${process.pid}-${tenantKey}`;
    const rowsMax = Number.MAX_SAFE_INTEGER;
    const files = await ParquetFiles.create(scratch, segments.folder, name, CANDIDATE_COLUMNS, rowsMax);
    const written: { key: string; atMs: number }[] = [];
    for (const decision of decisions.from(tenantKey, after)) {
      const key = decisionKey(decision.decisionId);
      if (key === after) continue;
      if (decision.atMs >= beforeMs || written.length === decisionsMax) break;
      written.push({ key, atMs: decision.atMs });
      for (const row of candidateRows(decision)) files.add(row);
      if (files.isDue) await files.write();
    }
    const [file] = await files.finish();
    return { file: file!, decisions: written };
  });
}

function flushToDisk(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/** Takes the candidates of a written segment out of the database, where the file has the same. */
async function giveUp(parts: SealingParts, tenantKey: string, segment: SealedSegment): Promise<void> {
  const { decisions, commits, segments } = parts;
  const reader = await segments.openReader();
  try {
    for (const page of inPages(decisionsOf(decisions, tenantKey, segment), PAGE_DECISIONS)) {
      const same = await recoverable(reader, segment, page);
      for (let at = 0; at < page.length; at += STEP_DECISIONS) {
        const step = page.slice(at, at + STEP_DECISIONS);
        const sealed = step.filter((decision) => same.has(decision));
        const to = decisionKey(step.at(-1)!.decisionId);
        await commits.commit(step.length, () =>
          segments.giveUp(tenantKey, segment, { decisions, sealed, to }),
        );
      }
    }
  } finally {
    await reader.close();
  }
}

/** Those of a segment that may still have all candidates. */
function* decisionsOf(decisions: LmdbDecisions, tenantKey: string, segment: SealedSegment) {
  for (const decision of decisions.from(tenantKey, segment.sealedTo || segment.firstKey)) {
    if (decisionKey(decision.decisionId) > segment.lastKey) return;
    yield decision;
  }
}

/** The decisions whose candidates the file gives back as they are; one that came late is not in it. */
async function recoverable(
  reader: CandidateReader,
  { path }: SealedSegment,
  page: readonly DecisionRecord[],
): Promise<ReadonlySet<DecisionRecord>> {
  const open = page.filter(({ sealedIn }) => sealedIn === undefined);
  if (open.length === 0) return new Set();
  const ids = open.map(({ decisionId }) => decisionId);
  const kept = await reader.candidates(path, ids);
  return new Set(
    open.filter(({ decisionId, candidates }) => isDeepStrictEqual(candidates, kept.get(decisionId))),
  );
}
