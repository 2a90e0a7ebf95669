import type { ManifestFacts } from '../adapters/model-manifest.ts';
import type { AskedReceipts } from './evaluate-published.ts';
import { LEARNED_FROM } from './learned-from.ts';
import { basketAt, TEST_FROM } from './period.ts';

/** Why a version may have seen the questions; undefined when it has not. */
export function seenBefore(
  { version, data, parameters }: Pick<ManifestFacts, 'version' | 'data' | 'parameters'>,
  { receipts, from }: AskedReceipts,
  fingerprint: string,
): string | undefined {
  const baskets = receipts.soldAtMs.length;
  if (data.fingerprint === fingerprint) {
    const remedy = 'give newer receipts, or train with --hold-test-out and ask for the newest tenth';
    if (parameters.learnedFrom !== LEARNED_FROM.withoutTest)
      return `NOT UNSEEN: ${version} has learned from these very receipts, so its figures are too good; ${remedy}.`;
    const seen = basketAt(receipts, TEST_FROM) - from;
    if (seen <= 0) return undefined;
    return `NOT UNSEEN: ${version} has learned from ${seen} of these ${baskets - from} baskets, so its figures are too good; ${remedy}.`;
  }
  if (data.to === null || !receipts.hasTime)
    return `Without dates it cannot be told whether ${version} has learned from some of these baskets.`;
  const newest = Date.parse(data.to);
  const older = receipts.soldAtMs.subarray(from).filter((at) => at <= newest).length;
  if (older === 0) return undefined;
  return `PERHAPS SEEN: ${older} of these ${baskets - from} baskets are not newer than the newest receipt of ${version} (${data.to}); if it has learned from them, its figures are too good.`;
}
