import type { Product } from '../../src/recommender/catalogue.ts';
import {
  indexProducts,
  type Model,
  numberSubstituteGroups,
  type ProbabilityParameters,
} from '../../src/recommender/model.ts';
import type { SparseRows } from '../../src/recommender/sparse-rows.ts';

export interface ModelSpec {
  /** `share` of all baskets is 0 where not given. */
  readonly products: readonly (Partial<Product> & { readonly id: string; readonly share?: number })[];
  /** From, to, weight and share of from's baskets that hold to (default .5); ids. */
  readonly edges?: readonly (readonly [from: string, to: string, weight: number, share?: number])[];
  readonly stores?: readonly {
    readonly id: string;
    readonly baskets: number;
    /** Product → the store's baskets that hold it. */
    readonly sales: Readonly<Record<string, number>>;
  }[];
  readonly knownCount?: number;
  readonly probability?: Partial<ProbabilityParameters>;
}

/** A model from a few words; what is not said is plain. */
export function buildModel(spec: ModelSpec): Model {
  const products = spec.products.map(
    ({ share: _, ...facts }): Product => ({ name: facts.id, category: '', active: true, ...facts }),
  );
  const itemOf = indexProducts(products);
  const edges = (spec.edges ?? []).map(
    ([from, to, weight, share = 0.5]) => [itemOf.get(from)!, itemOf.get(to)!, weight, share] as const,
  );
  const complements = sparseRows(products.length, edges);
  const sales = (spec.stores ?? []).flatMap((store, row) =>
    Object.entries(store.sales).map(([id, baskets]) => [row, itemOf.get(id)!, baskets, 0] as const),
  );
  const storeSales = sparseRows(spec.stores?.length ?? 0, sales);
  return {
    version: 'test',
    notice: undefined,
    currency: 'EUR',
    products,
    itemOf,
    knownCount: spec.knownCount ?? products.length,
    substituteGroup: numberSubstituteGroups(products),
    complements: complements.rows,
    togetherShare: complements.extra,
    basketShare: Float32Array.from(spec.products, ({ share }) => share ?? 0),
    stores: (spec.stores ?? []).map(({ id, baskets }) => ({ id, name: id, baskets })),
    storeSales: storeSales.rows,
    storeDemand: new Float32Array(storeSales.rows.target.length).fill(1),
    probability: { popularityFloor: 0.1, sharpness: 1, ...spec.probability },
  };
}

function sparseRows(
  rows: number,
  edges: readonly (readonly [row: number, target: number, weight: number, extra: number])[],
): { rows: SparseRows; extra: Float32Array } {
  const sorted = [...edges].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const start = new Int32Array(rows + 1);
  for (const [row] of sorted) start[row + 1]!++;
  for (let row = 0; row < rows; row++) start[row + 1]! += start[row]!;
  return {
    rows: {
      start,
      target: Int32Array.from(sorted, ([, target]) => target),
      weight: Float32Array.from(sorted, ([, , weight]) => weight),
    },
    extra: Float32Array.from(sorted, ([, , , extra]) => extra),
  };
}
