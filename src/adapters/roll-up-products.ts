import { getOrMake } from '../ledger/get-or-make.ts';
import { ProductNames } from '../ledger/product-names.ts';
import type { RollUpTables } from './roll-up-tables.ts';

/** The codes of each tenant's products, which stay in memory. */
export class RollUpProducts {
  readonly #tables: Pick<RollUpTables, 'products'>;
  readonly #known = new Map<string, ProductNames>();

  constructor(tables: Pick<RollUpTables, 'products'>) {
    this.#tables = tables;
  }

  /** Includes those that another process has added. */
  names(tenantKey: string): ProductNames {
    const names = getOrMake(this.#known, tenantKey, () => new ProductNames());
    const start: [string, number] = [tenantKey, names.ids.length];
    const end: [string, number] = [tenantKey, Number.POSITIVE_INFINITY];
    for (const { value } of this.#tables.products.getRange({ start, end })) names.codeOf(value);
    return names;
  }

  /** Writes the codes from `from` on; call inside a transaction. */
  write(tenantKey: string, { ids }: ProductNames, from: number): void {
    for (let code = from; code < ids.length; code++)
      this.#tables.products.putSync([tenantKey, code], ids[code]!);
  }

  /** Call when the codes in memory may come from a failed transaction, or from tables that were thrown away. */
  forget(): void {
    this.#known.clear();
  }
}
