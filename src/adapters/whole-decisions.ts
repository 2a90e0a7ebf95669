import type { DecisionRecord } from '../ledger/decision.ts';
import { getOrMake } from '../ledger/get-or-make.ts';
import { inPages } from './in-pages.ts';
import type { CandidateReader, SealedSegments } from './sealed-segments.ts';

/** Decisions read at once: the candidates of so many are some ten thousand rows. */
const PAGE_DECISIONS = 500;

/** Decisions in pages, those that are wanted with all their candidates, sealed or not. @throws SegmentLost */
export async function* wholeDecisions(
  decisions: Iterable<DecisionRecord>,
  segments: SealedSegments,
  isWanted: (decision: DecisionRecord) => boolean,
): AsyncGenerator<readonly DecisionRecord[]> {
  let reader: CandidateReader | undefined;
  try {
    for (const page of inPages(decisions, PAGE_DECISIONS)) {
      const sealed = new Map<string, DecisionRecord[]>();
      for (const decision of page) {
        if (decision.sealedIn !== undefined && isWanted(decision))
          getOrMake(sealed, decision.sealedIn, () => []).push(decision);
      }
      if (sealed.size > 0) reader ??= await segments.openReader();
      yield reader && sealed.size > 0 ? await unsealed(page, sealed, reader) : page;
    }
  } finally {
    await reader?.close();
  }
}

async function unsealed(
  page: readonly DecisionRecord[],
  sealed: ReadonlyMap<string, readonly DecisionRecord[]>,
  reader: CandidateReader,
): Promise<readonly DecisionRecord[]> {
  const whole = new Map<string, DecisionRecord>();
  for (const [segment, own] of sealed) {
    const ids = own.map(({ decisionId }) => decisionId);
    const candidates = await reader.candidates(segment, ids);
    for (const { sealedIn: _, ...decision } of own)
      whole.set(decision.decisionId, { ...decision, candidates: candidates.get(decision.decisionId)! });
  }
  return page.map((decision) => whole.get(decision.decisionId) ?? decision);
}
