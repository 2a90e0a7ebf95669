import type { Model } from './model.ts';

/** One product in a basket. */
export interface BasketLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice?: number;
}

/** A basket in a model's terms. */
export interface ResolvedBasket {
  /** Distinct items, ascending. */
  readonly items: Int32Array;
  /** Ids the model does not know, once each, in the order they came. */
  readonly unknownProducts: readonly string[];
}

export function resolveBasket(
  { itemOf }: Pick<Model, 'itemOf'>,
  lines: readonly Pick<BasketLine, 'productId'>[],
): ResolvedBasket {
  const items = new Set<number>();
  const unknown = new Set<string>();
  for (const line of lines) {
    const item = itemOf.get(line.productId);
    if (item === undefined) unknown.add(line.productId);
    else items.add(item);
  }
  return { items: Int32Array.from(items).sort(), unknownProducts: [...unknown] };
}
