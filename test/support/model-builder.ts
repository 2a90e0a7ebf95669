import type { Acceptance } from '../../src/recommender/acceptance.ts';
import type { Product } from '../../src/recommender/catalogue.ts';
import type { HourLift } from '../../src/recommender/hour-lift.ts';
import { indexCatalogue, type Model, modelClock } from '../../src/recommender/model.ts';
import type { Kernel } from '../../src/recommender/neighbours.ts';
import { indexPastBaskets, type PastBaskets } from '../../src/recommender/past-baskets.ts';
import { type Ranker, UNCALIBRATED } from '../../src/recommender/ranker.ts';
import { SIGNALS } from '../../src/recommender/signals.ts';
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
  /** Past baskets of product ids, oldest first. */
  readonly past?: readonly (readonly string[])[];
  /** Baskets of product ids, oldest first, of customers c0, c1, …; what one holds is bought before. */
  readonly customers?: readonly (readonly (readonly string[])[])[];
  readonly kernel?: Partial<Kernel>;
  /** From, new product, P(new product beside from); ids. */
  readonly newProducts?: readonly (readonly [from: string, to: string, probability: number])[];
  /** Pairs of ids that likely replace each other. */
  readonly substitutes?: readonly (readonly [string, string])[];
  readonly acceptance?: Acceptance;
  readonly hourLift?: HourLift;
  /** Weights of signals, 0 where not given; all counts as `ease: 10, popularity: 1`. */
  readonly weights?: SignalWeights;
}

export type SignalWeights = Partial<Record<(typeof SIGNALS)[number], number>>;

/** A ranker with these weights on signals as they are. */
export function buildRanker(weights: SignalWeights = { ease: 10, popularity: 1 }): Ranker {
  return {
    mean: new Float64Array(SIGNALS.length),
    deviation: new Float64Array(SIGNALS.length).fill(1),
    weight: Float64Array.from(SIGNALS, (name) => weights[name] ?? 0),
    recall: Float64Array.of(1),
    calibration: UNCALIBRATED,
  };
}

/** Past baskets of items, oldest first, ages evenly from 1 to 0. */
export function buildPastBaskets(baskets: readonly (readonly number[])[], products: number): PastBaskets {
  const start = Int32Array.of(0, ...baskets.map((basket) => basket.length));
  for (let basket = 0; basket < baskets.length; basket++) start[basket + 1]! += start[basket]!;
  const items = Int32Array.from(baskets.flatMap((basket) => [...basket].sort((a, b) => a - b)));
  const oldest = Math.max(1, baskets.length - 1);
  const age = Float32Array.from(baskets, (_, basket) => (baskets.length - 1 - basket) / oldest);
  return indexPastBaskets({ start, items, age }, products);
}

const KERNEL: Kernel = {
  idfPower: 0.5,
  lengthPower: 0.35,
  sharpness: 4,
  ageing: 'exponential',
  halfAge: 0.25,
  restPower: 0.5,
};

/** Customers known by their ids, each with baskets of products, oldest first, ages evenly from 1 to 0. */
function buildCustomers(
  customers: readonly (readonly (readonly string[])[])[],
  itemOf: ReadonlyMap<string, number>,
): Pick<Model, 'customers' | 'customerNames' | 'customerOf'> {
  const baskets = customers.flat().map((ids) => ids.map((id) => itemOf.get(id)!).sort((a, b) => a - b));
  const starts = (lengths: readonly number[]) =>
    Int32Array.from([0, ...lengths].map((_, at) => lengths.slice(0, at).reduce((sum, n) => sum + n, 0)));
  return {
    customers: {
      start: starts(customers.map(({ length }) => length)),
      basketStart: starts(baskets.map(({ length }) => length)),
      items: Int32Array.from(baskets.flat()),
      age: Float32Array.from(
        customers.flatMap((own) => own.map((_, at) => (own.length - 1 - at) / Math.max(1, own.length - 1))),
      ),
    },
    customerNames: Float64Array.from(customers.keys()),
    customerOf: (id) =>
      /^c\d+$/.test(id) && Number(id.slice(1)) < customers.length ? Number(id.slice(1)) : -1,
  };
}

/** A model from a few words; what is not said is plain. */
export function buildModel(spec: ModelSpec): Model {
  const products = spec.products.map(
    ({ share: _, ...facts }): Product => ({ name: facts.id, category: '', active: true, ...facts }),
  );
  const indexed = indexCatalogue(products);
  const { itemOf } = indexed;
  const edges = (spec.edges ?? []).map(
    ([from, to, weight, share = 0.5]) => [itemOf.get(from)!, itemOf.get(to)!, weight, share] as const,
  );
  const complements = sparseRows(products.length, edges);
  const sales = (spec.stores ?? []).flatMap((store, row) =>
    Object.entries(store.sales).map(([id, baskets]) => [row, itemOf.get(id)!, baskets, 0] as const),
  );
  const storeSales = sparseRows(spec.stores?.length ?? 0, sales);
  const share = Float32Array.from(spec.products, (product) => product.share ?? 0);
  return {
    version: 'test',
    notice: undefined,
    currency: 'EUR',
    timeZone: spec.hourLift && 'UTC',
    hourOf: modelClock(spec.hourLift && 'UTC'),
    ...indexed,
    knownCount: spec.knownCount ?? products.length,
    complements: complements.rows,
    togetherShare: complements.extra,
    basketShare: share,
    ...buildCustomers(spec.customers ?? [], itemOf),
    past: buildPastBaskets(
      (spec.past ?? []).map((ids) => ids.map((id) => itemOf.get(id)!)),
      products.length,
    ),
    kernel: { ...KERNEL, ...spec.kernel },
    ranker: buildRanker(spec.weights),
    ...(spec.newProducts && {
      newProducts: {
        rows: sparseRows(
          products.length,
          spec.newProducts.map(([from, to, weight]) => [itemOf.get(from)!, itemOf.get(to)!, weight, 0]),
        ).rows,
        calibration: UNCALIBRATED,
      },
    }),
    ...(spec.substitutes && {
      substitutes: sparseRows(
        products.length,
        spec.substitutes
          .flatMap(([a, b]) => [[a, b] as const, [b, a] as const])
          .map(([a, b]) => [itemOf.get(a)!, itemOf.get(b)!, 1, 0]),
      ).rows,
    }),
    ...(spec.acceptance && { acceptance: spec.acceptance }),
    ...(spec.hourLift && { hourLift: spec.hourLift }),
    stores: (spec.stores ?? []).map(({ id, baskets }) => ({ id, name: id, baskets })),
    storeSales: storeSales.rows,
    storeDemand: new Float32Array(storeSales.rows.target.length).fill(1),
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
