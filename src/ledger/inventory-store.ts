import type { InventorySums } from './inventory-sums.ts';

/** One store's stock on one business day, as it was last looked at. */
export interface InventoryDay extends InventorySums {
  readonly storeId: string;
  /** `YYYY-MM-DD` by the tenant's calendar at that time. */
  readonly day: string;
  /** That calendar: zone, and local hour at which the business day ends. */
  readonly timeZone: string;
  readonly dayEnds: number;
  /** Epoch ms; the newest look at a day counts. */
  readonly atMs: number;
  /** Currency of the money; null where the model does not say. */
  readonly currency: string | null;
  /** Cost of holding one money unit of stock for a year. */
  readonly holdingRatePerYear: number;
}

/** Business days that are kept of each store, counted back from the newest: four years. */
export const INVENTORY_DAYS_KEPT = 1461;

/** The inventory of each tenant and store by business day, durable. Several processes may share one. */
export interface InventoryStore {
  /**
   * Stores a day unless a newer look at the same day and store is stored already, and drops the tenant's days that are older than
   * INVENTORY_DAYS_KEPT before it. Resolves once on disk.
   *
   * @throws EventStoreUnavailable (rejects)
   */
  put(tenant: string, day: InventoryDay): Promise<void>;

  /** MUST hold what every process has committed. */
  day(tenant: string, storeId: string, day: string): InventoryDay | undefined;

  /** From day `from` to day `to`, both included, days in order; may be read slowly. */
  days(tenant: string, from: string, to: string): Iterable<InventoryDay>;
}
