import { selectKnownItems } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/** Receipts that nothing can be learned from. */
export class TrainingImpossible extends Error {
  override readonly name = 'TrainingImpossible';
}

/** @throws TrainingImpossible when the receipts hold no basket of two products that are bought often enough */
export function assertLearnable(receipts: Receipts): void {
  const end = receipts.soldAtMs.length;
  const hasPairs = receipts.basketStart.some(
    (start, basket) => start - (receipts.basketStart[basket - 1] ?? 0) > 1,
  );
  if (hasPairs && selectKnownItems(receipts, 0, end).productOf.length >= 2) return;
  throw new TrainingImpossible(
    `Nothing can be learned from these ${end} baskets: wanted baskets that hold at least two products, each seen in five baskets (in one where there are fewer than 200 products).`,
  );
}

/** @throws TrainingImpossible when the receipts do not say when anything was sold */
export function assertDated({ hasTime }: Receipts): void {
  if (hasTime) return;
  throw new TrainingImpossible(
    'Nothing can be learned from outcomes beside these receipts: wanted receipts with a time (sold_at), to know what came before an offer.',
  );
}
