import type { Exploration } from '../recommender/choose-slate.ts';
import { installationKey } from './installation-key.ts';
import { keyedDraw } from './keyed-draw.ts';

/**
 * Draws for exploration under a key of their own, so that they are independent of the holdout. Equal questions of a basket get the same
 * draw in every process and after every restart; another question gets another draw.
 *
 * @param share part of the answers to explore, 0 to 1; undefined is returned for 0
 */
export function openExploration(
  dataFolder: string,
  share: number,
): ((tenant: string, basketId: string, asked: string) => Exploration) | undefined {
  return share > 0 ? explorationUnder(installationKey(dataFolder, 'explore.key'), share) : undefined;
}

/** The draws under a given key. */
export function explorationUnder(
  key: Uint8Array,
  share: number,
): (tenant: string, basketId: string, asked: string) => Exploration {
  return (tenant, basketId, asked) => ({ share, draw: keyedDraw(key, `${tenant}\n${basketId}\n${asked}`) });
}
