import { shortText, signedText } from '../number-text.mjs';

/** HR@10 / NDCG@10; empty where there are none. */
export function pairText(row) {
  return row ? `${shortText(row.hitRate10, 3)} / ${shortText(row.ndcg10, 3)}` : '';
}

/** A difference with its 95 % interval. */
export function intervalText({ estimate, low, high }, digits = 3) {
  return `${signedText(estimate, digits)} (${signedText(low, digits)}, ${signedText(high, digits)})`;
}
