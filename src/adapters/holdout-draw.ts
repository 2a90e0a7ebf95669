import { LRUCache } from 'lru-cache';
import type { Assignment, DrawUnit, HoldoutUnit } from '../ledger/decision.ts';
import { installationKey } from './installation-key.ts';
import { keyedDraw } from './keyed-draw.ts';

/** Which part gets no offer, 0 to 1: that of the store, else that of the channel, else `share`. */
export interface HoldoutPlan {
  readonly share: number;
  readonly stores?: Readonly<Record<string, number>>;
  readonly channels?: Readonly<Record<string, number>>;
  /** What a side is drawn for: each basket, by default, or each known customer. */
  readonly by?: DrawUnit;
}

/** Baskets whose draw is remembered, where customers are drawn for; the ones asked about longest ago are forgotten first. */
const BASKETS_MAX = 50_000;

/**
 * Holds out a stable share: the same basket, or customer, is on the same side in every process and after every start. A larger
 * share keeps out all that a smaller one did, and nobody without the key can tell the side of an id.
 */
export function openHoldout(
  dataFolder: string,
  plan: HoldoutPlan,
): (tenant: string, unit: HoldoutUnit) => Assignment {
  return holdoutUnder(installationKey(dataFolder, 'holdout.key'), plan);
}

/**
 * The draw under a given key: held out below the share. A basket keeps the draw that it began with, whoever it proves to be
 * later, as long as this process remembers it; another one, or a later one, gives it that of the customer.
 */
export function holdoutUnder(
  key: Uint8Array,
  { share, stores = {}, channels = {}, by = 'basket' }: HoldoutPlan,
): (tenant: string, unit: HoldoutUnit) => Assignment {
  const shares = new Map(Object.entries(stores));
  const channelShares = new Map(Object.entries(channels));
  const draw = by === 'basket' ? drawForBasket(key) : drawForCustomers(key);
  return (tenant, unit) => {
    const { storeId = '', channel = '' } = unit;
    const { number, isForCustomer } = draw(tenant, unit);
    const holdoutShare = shares.get(storeId) ?? channelShares.get(channel) ?? share;
    return {
      arm: number < holdoutShare ? 'holdout' : 'treatment',
      holdoutShare,
      ...(isForCustomer && { isDrawnForCustomer: true }),
    };
  };
}

/** A uniform number and whose it is; the customer's id is not kept. */
interface Draw {
  readonly number: number;
  readonly isForCustomer: boolean;
}

function drawForBasket(key: Uint8Array) {
  return (tenant: string, { basketId }: HoldoutUnit): Draw => ({
    number: keyedDraw(key, `${tenant}\n${basketId}`),
    isForCustomer: false,
  });
}

function drawForCustomers(key: Uint8Array) {
  const ofBasket = drawForBasket(key);
  const begun = new LRUCache<string, Draw>({ max: BASKETS_MAX });
  return (tenant: string, unit: HoldoutUnit): Draw => {
    const { basketId, customerId } = unit;
    const basket = `${tenant}\n${basketId}`;
    const known = begun.get(basket);
    if (known) return known;
    const drawn =
      customerId === undefined
        ? ofBasket(tenant, unit)
        : { number: keyedDraw(key, `customer\n${tenant}\n${customerId}`), isForCustomer: true };
    begun.set(basket, drawn);
    return drawn;
  };
}
