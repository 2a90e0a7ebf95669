/** Shares of baskets below this are not told from none. */
const SHARE_UNIT = 1e-5;

/** ln of a share of baskets, finite for 0. */
export function logShare(share: number): number {
  return Math.log(share + SHARE_UNIT);
}
