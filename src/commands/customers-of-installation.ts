import { isDataFolder, openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { openPseudonyms } from '../adapters/pseudonym-key.ts';
import { readConfig } from '../config.ts';
import { withoutCustomers } from '../training/named-customers.ts';
import type { Receipts } from '../training/receipts.ts';
import { UsageError } from './usage-error.ts';

/** Receipts, and what a gateway's data folder knows about their customers. */
export interface KnownReceipts {
  /** Receipts of customers who were erased are nobody's. */
  readonly receipts: Receipts;
  /** Index into the receipts' customers by pseudonym in the ledger; none without a data folder. */
  readonly customerOf: () => ReadonlyMap<string, number>;
}

/**
 * What the data folder of `--data`, else the configured one, knows about the receipts' customers.
 *
 * @throws UsageError where `stated` is no data folder
 */
export async function customersOfInstallation(
  receipts: Receipts,
  tenant: string,
  stated: string | undefined,
): Promise<KnownReceipts> {
  const path = stated ?? readConfig(process.env).data;
  if (!isDataFolder(path)) {
    if (stated === undefined) return { receipts, customerOf: () => new Map() };
    throw new UsageError(`--data: wanted the data folder of a gateway; got '${stated}'.`);
  }
  const pseudonymise = openPseudonyms(path);
  const { customerIds } = receipts;
  const folder = openDataFolder(path);
  try {
    const erased = new Set(customerIds.filter((id) => folder.erasures.isErased(tenant, id)));
    if (erased.size > 0) process.stderr.write(`customers: ${erased.size} left out, erased in ${path}\n`);
    return {
      receipts: withoutCustomers(receipts, (id) => erased.has(id)),
      customerOf: () => new Map(customerIds.map((id, customer) => [pseudonymise(tenant, id), customer])),
    };
  } finally {
    await folder.close();
  }
}
