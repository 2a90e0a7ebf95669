import type { Config } from '../config.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import type { StockBook } from '../recommender/stock-book.ts';

const NOTHING: readonly string[] = [];

/**
 * Which parts of a tenant's state are older than the configuration allows, as reasons of `degraded`: `stock` where the newest statement is,
 * `bus` where other machines have not been heard for that long.
 */
export function stalenessOf(parts: {
  readonly config: Pick<Config, 'stockAgeMax' | 'busLagMax'>;
  readonly stock: (tenant: string) => StockBook;
  readonly bus: () => BusFacts | undefined;
  readonly nowMs: () => number;
}): (tenant: string) => readonly string[] {
  const { config, stock, bus, nowMs } = parts;
  const { stockAgeMax = Number.POSITIVE_INFINITY, busLagMax = Number.POSITIVE_INFINITY } = config;
  if (stockAgeMax === Number.POSITIVE_INFINITY && busLagMax === Number.POSITIVE_INFINITY)
    return () => NOTHING;
  return (tenant) => {
    const { newestAsOfMs } = stock(tenant);
    // Where nothing was ever stated nothing is old.
    const isOld = Number.isFinite(newestAsOfMs) && nowMs() - newestAsOfMs > stockAgeMax * 1000;
    const isBehind = (bus()?.lagSeconds ?? 0) > busLagMax;
    if (!isOld && !isBehind) return NOTHING;
    return [...(isOld ? ['stock'] : []), ...(isBehind ? ['bus'] : [])];
  };
}
