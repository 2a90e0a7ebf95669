import type { Evaluation } from '../evaluate.ts';
import type { Cut } from '../evaluation-cuts.ts';

/** The questions of an evaluation, grouped in one way. */
export interface CutTable {
  readonly title: string;
  readonly cuts: readonly Cut[];
}

/** All groupings that an evaluation holds. */
export function cutTables({
  byBasketLength,
  byHistory,
  byPopularity = [],
  byStore = [],
}: Evaluation): CutTable[] {
  const lengths = Object.entries(byBasketLength).map(([name, metrics]): Cut => {
    return { ...metrics, name: `${name} other product${name === '1' ? '' : 's'}` };
  });
  const history = byHistory
    ? [
        { ...byHistory.repeat, name: 'bought by the customer before' },
        { ...byHistory.discovery, name: 'new to the customer' },
      ]
    : [];
  const tables = [
    { title: 'By what else is in the basket', cuts: lengths },
    { title: 'By customer', cuts: history },
    { title: 'By sales of the hidden product', cuts: byPopularity },
    { title: 'By store', cuts: byStore },
  ];
  return tables.filter(({ cuts }) => cuts.length > 0);
}
