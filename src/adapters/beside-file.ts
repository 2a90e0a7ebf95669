import type { Model } from '../recommender/model.ts';
import type { Ranker } from '../recommender/ranker.ts';
import { heedsBeside } from '../recommender/signals.ts';
import { assertFits, bytesOf, floats, requireLength } from './number-files.ts';

/** Of versions that count what lies side by side on receipts. */
export const BESIDE_FILE = 'beside-share.f32';

type Files = Partial<Record<typeof BESIDE_FILE, Uint8Array>>;

export function encodeBeside(besideShare: Float32Array | undefined): Files {
  return besideShare ? { [BESIDE_FILE]: bytesOf(besideShare) } : {};
}

/** @throws ModelRejected where the file does not fit the edges of the complements, or the ranker wants another than is there */
export function decodeBeside(
  { [BESIDE_FILE]: bytes }: Files,
  ranker: Ranker,
  edges: number,
): Pick<Model, 'besideShare'> {
  assertFits((bytes !== undefined) === heedsBeside(ranker), `${BESIDE_FILE} and its weight go together`);
  if (!bytes) return {};
  const besideShare = floats(BESIDE_FILE, { [BESIDE_FILE]: bytes });
  requireLength(BESIDE_FILE, besideShare, edges);
  assertFits(
    besideShare.every((share) => share >= 0),
    `${BESIDE_FILE} holds what is no share`,
  );
  return { besideShare };
}
