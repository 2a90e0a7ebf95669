import type { Model } from './model.ts';

/** What an operator's rule does to the products it names. */
export type RuleAction = 'exclude' | 'pin' | 'boost' | 'bury';

/** One rule of the operator: `action` on products, under conditions that all must hold. */
export interface Rule {
  readonly id: string;
  readonly action: RuleAction;
  readonly productIds?: readonly string[];
  /** Category path; products in it or below it are meant. */
  readonly category?: string;
  /** Multiplies the expected value, for boost (above 1) and bury (below 1). */
  readonly factor?: number;
  readonly storeIds?: readonly string[];
  readonly channels?: readonly string[];
  /** Applies only when the basket holds one of these. */
  readonly whenBasketHas?: readonly string[];
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface RuleBook {
  readonly version: number;
  readonly rules: readonly Rule[];
}

/** A rule bound to a model's items. */
export interface BoundRule {
  readonly rule: Rule;
  readonly items: ReadonlySet<number>;
  readonly basketItems: ReadonlySet<number> | undefined;
}

export function bindRules(book: RuleBook, model: Model): BoundRule[] {
  return book.rules.map((rule) => ({
    rule,
    items: new Set([...itemsOf(rule.productIds ?? [], model), ...itemsInCategory(rule.category, model)]),
    basketItems: rule.whenBasketHas && new Set(itemsOf(rule.whenBasketHas, model)),
  }));
}

/** Where and when a basket is being built, as rules see it. */
export interface RuleOccasion {
  readonly storeId?: string | undefined;
  readonly channel: string;
  readonly nowMs: number;
}

/** The rules whose conditions hold for this basket, in the operator's order. */
export function rulesInForce(
  rules: readonly BoundRule[],
  occasion: RuleOccasion,
  basket: Int32Array,
): BoundRule[] {
  return rules.filter(({ rule, basketItems }) => {
    if (rule.storeIds && !rule.storeIds.includes(occasion.storeId ?? '')) return false;
    if (rule.channels && !rule.channels.includes(occasion.channel)) return false;
    if (rule.fromMs !== undefined && occasion.nowMs < rule.fromMs) return false;
    if (rule.untilMs !== undefined && occasion.nowMs >= rule.untilMs) return false;
    return !basketItems || basket.some((item) => basketItems.has(item));
  });
}

/** Items pinned by rules in force, in order and once each, with the rule that pins them. */
export function pinnedItems(inForce: readonly BoundRule[], limit: number): Map<number, string> {
  const pinned = new Map<number, string>();
  for (const { rule, items } of inForce) {
    if (rule.action !== 'pin') continue;
    for (const item of items) if (pinned.size < limit && !pinned.has(item)) pinned.set(item, rule.id);
  }
  return pinned;
}

export function isExcluded(inForce: readonly BoundRule[], item: number): boolean {
  for (const { rule, items } of inForce) if (rule.action === 'exclude' && items.has(item)) return true;
  return false;
}

/** Product of the factors of all boost and bury rules in force on the item. */
export function ruleFactor(inForce: readonly BoundRule[], item: number): number {
  let factor = 1;
  for (const { rule, items } of inForce) {
    if ((rule.action === 'boost' || rule.action === 'bury') && items.has(item)) factor *= rule.factor ?? 1;
  }
  return factor;
}

/** Upper bound of `ruleFactor` over all items. */
export function ruleFactorMax(inForce: readonly BoundRule[]): number {
  return inForce.reduce((most, { rule }) => most * Math.max(1, rule.factor ?? 1), 1);
}

/** Ids of the rules in force that name the item: the trace of an answer. */
export function rulesFired(inForce: readonly BoundRule[], item: number): string[] {
  return inForce.filter(({ items }) => items.has(item)).map(({ rule }) => rule.id);
}

function itemsOf(productIds: readonly string[], model: Model): number[] {
  return productIds.map((id) => model.itemOf.get(id)).filter((item) => item !== undefined);
}

function itemsInCategory(category: string | undefined, model: Model): number[] {
  if (category === undefined) return [];
  const inside = `${category}/`;
  const items = [...model.products.keys()];
  return items.filter((item) => `${model.products[item]!.category}/`.startsWith(inside));
}
