import { LRUCache } from 'lru-cache';
import type { Assignment, DrawUnit, HoldoutUnit } from '../ledger/decision.ts';
import { installationKey } from './installation-key.ts';
import { keyedDraw } from './keyed-draw.ts';

/** Which share gets no offer, 0 to 1: the store's, else the channel's, else `share`. */
export interface HoldoutPlan {
  readonly share: number;
  readonly stores?: Readonly<Record<string, number>>;
  readonly channels?: Readonly<Record<string, number>>;
  /** What an arm is drawn for: each basket, by default, or each known customer. */
  readonly by?: DrawUnit;
}

/** Baskets whose draw is remembered where arms are drawn for customers; the least recently used is forgotten first. */
const BASKETS_MAX = 50_000;

/**
 * Holds out a stable share: a basket or customer is in the same arm in every process and after every restart. A larger share holds out all
 * that a smaller one did. Nobody can tell the arm of an id without the key.
 */
export function openHoldout(
  dataFolder: string,
  plan: HoldoutPlan,
): (tenant: string, unit: HoldoutUnit) => Assignment {
  return holdoutUnder(installationKey(dataFolder, 'holdout.key'), plan);
}

/**
 * The draw under a given key; numbers below the share are held out. A basket keeps its first draw as long as this process remembers it,
 * even when its customer becomes known later. Another process, or this one once it has forgotten, uses the customer's draw.
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

/** A uniform number and what it was drawn for; the customer's id is not kept. */
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
