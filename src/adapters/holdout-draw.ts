import type { Assignment, HoldoutUnit } from '../ledger/decision.ts';
import { installationKey } from './installation-key.ts';
import { keyedDraw } from './keyed-draw.ts';

/** Which part gets no offer, 0 to 1: that of the store, else that of the channel, else `share`. */
export interface HoldoutPlan {
  readonly share: number;
  readonly stores?: Readonly<Record<string, number>>;
  readonly channels?: Readonly<Record<string, number>>;
}

/**
 * Holds out a stable share: the same basket is on the same side in every process and after every start. A larger share keeps
 * out all that a smaller one did, and nobody without the key can tell the side of an id.
 */
export function openHoldout(
  dataFolder: string,
  plan: HoldoutPlan,
): (tenant: string, unit: HoldoutUnit) => Assignment {
  return holdoutUnder(installationKey(dataFolder, 'holdout.key'), plan);
}

/** The draw under a given key: held out below the share. */
export function holdoutUnder(
  key: Uint8Array,
  { share, stores = {}, channels = {} }: HoldoutPlan,
): (tenant: string, unit: HoldoutUnit) => Assignment {
  const shares = new Map(Object.entries(stores));
  const channelShares = new Map(Object.entries(channels));
  return (tenant, { basketId, storeId = '', channel = '' }) => {
    const holdoutShare = shares.get(storeId) ?? channelShares.get(channel) ?? share;
    return {
      arm: keyedDraw(key, `${tenant}\n${basketId}`) < holdoutShare ? 'holdout' : 'treatment',
      holdoutShare,
    };
  };
}
