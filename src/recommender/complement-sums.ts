import type { RankingModel } from './model.ts';
import { createStamps, nextStamp, type Stamps } from './stamps.ts';

/** What the co-purchases of a basket's products say about others, summed over the basket. Scratch of one thread. */
export interface ComplementSums {
  readonly touched: Stamps;
  /** [products] valid where `touched` is stamped: sum of the complement weights */
  readonly weight: Float64Array;
  /** [products] sum over the basket of ln(1 + share / SHARE_UNIT), share = P(product | basket product) */
  readonly logShare: Float64Array;
  /** [products] largest share / share of all baskets */
  readonly lift: Float64Array;
  /** [products] sum of the cosines of the two products' baskets */
  readonly cosine: Float64Array;
  /** [products] the edge with the largest weight, and the basket's product it comes from */
  readonly strongestEdge: Int32Array;
  readonly strongestSource: Int32Array;
}

/** Tables over a model's complements. */
export interface ComplementTables {
  /** [edges] ln(1 + togetherShare / SHARE_UNIT) */
  readonly logShare: Float32Array;
  /** [products] square root of the share of all baskets, and its inverse; 0 where nothing was sold */
  readonly root: Float64Array;
  readonly inverseRoot: Float64Array;
}

/** Shares well below this are told from none no more. */
const SHARE_UNIT = 1e-3;

export function createComplementSums(products: number): ComplementSums {
  return {
    touched: createStamps(products),
    weight: new Float64Array(products),
    logShare: new Float64Array(products),
    lift: new Float64Array(products),
    cosine: new Float64Array(products),
    strongestEdge: new Int32Array(products),
    strongestSource: new Int32Array(products),
  };
}

export function tabulateComplements(
  model: Pick<RankingModel, 'togetherShare' | 'basketShare'>,
): ComplementTables {
  const root = Float64Array.from(model.basketShare, Math.sqrt);
  return {
    logShare: model.togetherShare.map((share) => Math.log1p(share / SHARE_UNIT)),
    root,
    inverseRoot: root.map((value) => (value > 0 ? 1 / value : 0)),
  };
}

/** Sums the complement rows of the basket's products; every product they name is stamped. */
export function sumComplements(
  { complements, togetherShare }: Pick<RankingModel, 'complements' | 'togetherShare'>,
  tables: ComplementTables,
  basket: Int32Array,
  sums: ComplementSums,
): void {
  const { start, target, weight } = complements;
  const generation = nextStamp(sums.touched);
  const { stamp } = sums.touched;
  for (let line = 0; line < basket.length; line++) {
    const source = basket[line]!;
    const end = start[source + 1]!;
    for (let edge = start[source]!; edge < end; edge++) {
      const item = target[edge]!;
      if (stamp[item] !== generation) clear(sums, item, edge, source);
      const value = weight[edge]!;
      const share = togetherShare[edge]!;
      const inverse = tables.inverseRoot[item]!;
      sums.weight[item]! += value;
      sums.logShare[item]! += tables.logShare[edge]!;
      sums.cosine[item]! += share * tables.root[source]! * inverse;
      const lift = share * inverse * inverse;
      if (lift > sums.lift[item]!) sums.lift[item] = lift;
      if (value <= weight[sums.strongestEdge[item]!]!) continue;
      sums.strongestEdge[item] = edge;
      sums.strongestSource[item] = source;
    }
  }
}

function clear(sums: ComplementSums, item: number, edge: number, source: number): void {
  const { touched } = sums;
  touched.stamp[item] = touched.generation;
  touched.touched[touched.count++] = item;
  sums.weight[item] = 0;
  sums.logShare[item] = 0;
  sums.lift[item] = 0;
  sums.cosine[item] = 0;
  sums.strongestEdge[item] = edge;
  sums.strongestSource[item] = source;
}
