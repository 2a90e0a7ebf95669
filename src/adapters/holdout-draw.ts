import type { Assignment } from '../ledger/decision.ts';
import { installationKey } from './installation-key.ts';
import { keyedDraw } from './keyed-draw.ts';

/**
 * Holds out a stable share of the baskets: the same basket is on the same side in every process and after every start.
 * A larger share keeps out all that a smaller one did, and nobody without the key can tell the side of a basket id.
 *
 * @param holdoutShare part of the baskets that get no offer, 0 to 1
 */
export function openHoldout(
  dataFolder: string,
  holdoutShare: number,
): (tenant: string, basketId: string) => Assignment {
  return holdoutUnder(installationKey(dataFolder, 'holdout.key'), holdoutShare);
}

/** The draw under a given key, of tenant and basket id: held out below the share. */
export function holdoutUnder(
  key: Uint8Array,
  holdoutShare: number,
): (tenant: string, basketId: string) => Assignment {
  const treatment: Assignment = { arm: 'treatment', holdoutShare };
  const holdout: Assignment = { arm: 'holdout', holdoutShare };
  return (tenant, basketId) =>
    keyedDraw(key, `${tenant}\n${basketId}`) < holdoutShare ? holdout : treatment;
}
