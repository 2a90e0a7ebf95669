import { inParallel, type ListedProduct, type SellingGateway } from './selling-gateway.ts';

/** The products that the shops carry, as read from the gateway's public API. */
export interface SimulatedCatalogue {
  readonly modelVersion: string;
  /** ISO 4217 code. */
  readonly currency: string;
  /** Best sellers first. */
  readonly products: readonly (ListedProduct & { readonly unitCost?: number })[];
  /** Product → product → share of the first one's baskets that contain the second, as given in the reasons of suggestions. */
  readonly together: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Maximum number of products in the simulated shops; those that sell least are left out. */
const PRODUCTS_MAX = 2000;
/** Maximum number of categories requested. */
const CATEGORIES_MAX = 500;
const CURRENCY_DEFAULT = 'EUR';

/**
 * Reads the served model's products by category, broadest first, and what is bought together with each of them.
 *
 * @param onShare called with the share of the work that is done, 0 to 1
 * @throws Error if the gateway lists no products
 */
export async function readCatalogue(
  gateway: Pick<SellingGateway, 'parallel' | 'currentModel' | 'products' | 'companions'>,
  onShare: (share: number) => void = () => {},
): Promise<SimulatedCatalogue> {
  const { modelVersion, currency } = await gateway.currentModel();
  const listed = await listProducts(gateway);
  if (listed.length === 0) throw new Error(`Wanted products to sell; the model ${modelVersion} lists none.`);
  const costs = new Map<string, number>();
  const together = new Map<string, Map<string, number>>();
  let done = 0;
  await inParallel(listed, gateway.parallel, async ({ id }) => {
    const offers = await gateway.companions(id);
    onShare(++done / listed.length);
    const shares = new Map<string, number>();
    for (const { productId, unitPrice, value, reasons } of offers) {
      const bought = reasons.find(
        (reason) => reason.code === 'bought-together' && reason.withProductId === id,
      );
      if (bought?.share !== undefined) shares.set(productId, bought.share);
      if (unitPrice !== undefined && value && !value.unknown.includes('margin'))
        costs.set(productId, unitPrice - value.margin);
    }
    together.set(id, shares);
  });
  const products = listed.map((product) => {
    const unitCost = costs.get(product.id);
    return unitCost === undefined ? product : { ...product, unitCost };
  });
  return { modelVersion, currency: currency ?? CURRENCY_DEFAULT, products, together };
}

/** A request returns at most a hundred products, so this walks the categories from the broadest to the narrowest. */
async function listProducts(gateway: Pick<SellingGateway, 'products'>): Promise<ListedProduct[]> {
  const found = new Map<string, ListedProduct>();
  const waiting: (string | undefined)[] = [undefined];
  const asked = new Set<string | undefined>();
  while (waiting.length > 0 && asked.size < CATEGORIES_MAX && found.size < PRODUCTS_MAX) {
    const category = waiting.shift();
    if (asked.has(category)) continue;
    asked.add(category);
    for (const product of await gateway.products(category)) {
      if (found.size < PRODUCTS_MAX) found.set(product.id, found.get(product.id) ?? product);
      const parts = product.category.split('/');
      for (let depth = 1; depth <= parts.length; depth++) {
        const path = parts.slice(0, depth).join('/');
        if (path !== '' && !asked.has(path)) waiting.push(path);
      }
    }
  }
  return [...found.values()];
}
