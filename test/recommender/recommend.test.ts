import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import { createDecisionScratch } from '../../src/recommender/decision-scratch.ts';
import { type Decision, decide } from '../../src/recommender/recommend.ts';
import { bindRules, type Rule } from '../../src/recommender/rules.ts';
import type { Occasion, Situation } from '../../src/recommender/situation.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { StockBook } from '../../src/recommender/stock-book.ts';
import { viewStore } from '../../src/recommender/store-view.ts';
import { referenceValue, unitValueMax, type ValuePolicy } from '../../src/recommender/value.ts';
import { VERDICTS, type Verdict } from '../../src/recommender/verdict.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { buildModel, type ModelSpec } from '../support/model-builder.ts';

const NOW_MS = Date.UTC(2026, 4, 1);
const policy: ValuePolicy = {
  valueWeight: 0.5,
  expectedValueMin: 0.01,
  holdingRatePerYear: 0.25,
  excessDaysMax: 365,
  targetCoverDays: 60,
  goodwill: 0,
  disposalCost: 0,
  salvageValue: 0,
};

interface Question {
  readonly spec?: Partial<ModelSpec>;
  readonly basket?: readonly string[];
  readonly declined?: readonly string[];
  readonly stock?: readonly Partial<AbsoluteStockRow>[];
  readonly rules?: readonly Rule[];
  readonly occasion?: Partial<Occasion>;
  readonly policy?: Partial<ValuePolicy>;
  /** Default: true. */
  readonly explain?: boolean;
  /** A number in the model's customers. */
  readonly customer?: number;
}

const coffeeBar: ModelSpec = {
  products: [
    { id: 'coffee', share: 0.5, unitPrice: 3, unitCost: 1 },
    { id: 'cake', name: 'Apple cake', share: 0.2, unitPrice: 4, unitCost: 2 },
    { id: 'scone', share: 0.2, unitPrice: 4, unitCost: 2 },
    { id: 'tea', share: 0.3, unitPrice: 3, unitCost: 1 },
    { id: 'rum', share: 0.1, unitPrice: 6, unitCost: 2, minAge: 18 },
  ],
  edges: [
    ['coffee', 'cake', 0.4, 0.34],
    ['coffee', 'scone', 0.3, 0.3],
    ['coffee', 'rum', 0.1, 0.1],
  ],
};

/** Asks a coffee bar what to offer with a coffee, unless told otherwise. */
function ask(question: Question = {}) {
  const model = buildModel({ ...coffeeBar, ...question.spec });
  const book = new StockBook();
  for (const row of question.stock ?? [])
    book.apply({ storeId: 's1', productId: 'cake', asOfMs: NOW_MS, ...row });
  const items = (ids: readonly string[]) => ids.map((id) => model.itemOf.get(id)!);
  const storeId = question.occasion?.storeId ?? 's1';
  const typical = referenceValue(model.products, model.basketShare);
  const situation: Situation = {
    model,
    view: viewStore(model, { storeId }),
    rules: bindRules({ version: 1, rules: question.rules ?? [] }, model),
    stock: book.store('s1'),
    slots: book.slotsFor(model.products),
    demandPerDay: new Float32Array(model.products.length).fill(Number.NaN),
    policy: { ...policy, ...question.policy },
    referenceValue: typical,
    unitValueMax: unitValueMax(model.products, typical),
  };
  const occasion: Occasion = {
    basket: Int32Array.from(items(question.basket ?? ['coffee'])).sort(),
    declined: new Set(items(question.declined ?? [])),
    storeId: 's1',
    channel: 'till',
    nowMs: NOW_MS,
    customerAge: undefined,
    language: 'en',
    limit: 10,
    objective: 'value',
    ...question.occasion,
  };
  const ranked = rankCandidates(
    model,
    situation.view,
    occasion.basket,
    { ...UNKNOWN_ASKER, customer: question.customer ?? UNKNOWN_ASKER.customer },
    createWorkspace(model),
  );
  const decision = decide(
    situation,
    occasion,
    ranked,
    createDecisionScratch(120, model.products.length),
    question.explain ?? true,
  );
  const idOf = (item: number) => model.products[item]!.id;
  return {
    decision,
    ids: decision.suggestions.map(({ item }) => idOf(item)),
    verdicts: verdictsOf(decision, idOf),
    of: (id: string) => decision.suggestions.find(({ item }) => idOf(item) === id)!,
  };
}

function verdictsOf({ considered }: Decision, idOf: (item: number) => string): Record<string, Verdict> {
  return Object.fromEntries(
    Array.from(considered.items, (item, at) => [idOf(item), VERDICTS[considered.verdict[at]!]!]),
  );
}

const withSpec = (id: string, facts: object): Partial<ModelSpec> => ({
  products: coffeeBar.products.map((product) => (product.id === id ? { ...product, ...facts } : product)),
});

describe('a probability', () => {
  const acceptance = {
    overall: { rise: 1, fall: 1, offset: -2 },
    channels: new Map([['call', { rise: 1, fall: 1, offset: 1 }]]),
  };
  const logOdds = (probability: number) => Math.log(probability / (1 - probability));
  const moved = (channel: string) => {
    const [stated, learned] = [ask(), ask({ spec: { acceptance }, occasion: { channel } })].map(({ of }) =>
      of('cake'),
    );
    return logOdds(learned!.probability) - logOdds(stated!.probability);
  };

  it('is that of being accepted where the model has learned it: by the channel, else over all', () => {
    expect(moved('call')).toBeCloseTo(1, 4);
    expect(moved('till')).toBeCloseTo(-2, 4);
  });

  it('of acceptance is what the expected value is made of', () => {
    const { probability, expectedValue } = ask({
      spec: { acceptance },
      occasion: { channel: 'call' },
      policy: { valueWeight: 1 },
    }).of('cake');
    const before = ask({ policy: { valueWeight: 1 } }).of('cake');
    expect(expectedValue / before.expectedValue).toBeCloseTo(probability / before.probability, 4);
    expect(probability).toBeGreaterThan(before.probability);
  });
});

describe('what may be suggested', () => {
  it('is everything that passes, by expected value, and nothing else', () => {
    const { ids, verdicts } = ask();
    expect(ids).toEqual(['cake', 'scone', 'tea']);
    expect(verdicts).toEqual({ cake: 'suggested', scone: 'suggested', tea: 'suggested', rum: 'age-limit' });
  });

  it.each<[Verdict, string, Question]>([
    [
      'in-basket',
      'cake',
      { basket: ['coffee', 'cake'], rules: [{ id: 'r', action: 'pin', productIds: ['cake'] }] },
    ],
    ['declined', 'cake', { declined: ['cake'] }],
    [
      'not-in-assortment',
      'cake',
      {
        spec: withSpec('cake', { active: false }),
        rules: [{ id: 'r', action: 'pin', productIds: ['cake'] }],
      },
    ],
    [
      'substitute',
      'tea',
      {
        spec: {
          products: coffeeBar.products.map((p) => ({
            ...p,
            ...(['coffee', 'tea'].includes(p.id) && { substituteGroup: 'hot' }),
          })),
        },
      },
    ],
    ['age-limit', 'rum', {}],
    ['age-limit', 'rum', { occasion: { customerAge: 17 } }],
    [
      'age-limit',
      'rum',
      { spec: { products: coffeeBar.products.map((p) => (p.id === 'rum' ? { ...p, minAge: 0 } : p)) } },
    ],
    ['excluded', 'cake', { rules: [{ id: 'r', action: 'exclude', productIds: ['cake'] }] }],
    ['out-of-stock', 'cake', { stock: [{ onHand: 0 }] }],
    ['out-of-stock', 'cake', { stock: [{ onHand: 3, reserved: 3 }] }],
    ['protected', 'cake', { stock: [{ onHand: 3, protectionLevel: 3 }] }],
    [
      'protected',
      'cake',
      { stock: [{ onHand: 1, demandPerDay: 50, leadTimeDays: 9 }], policy: { goodwill: 1 } },
    ],
    ['below-threshold', 'tea', { policy: { expectedValueMin: 0.2 } }],
    ['outranked', 'tea', { occasion: { limit: 2 } }],
  ])('not what is %s: %s', (verdict, id, question) => {
    const { ids, verdicts } = ask(question);
    expect(verdicts[id]).toBe(verdict);
    expect(ids).not.toContain(id);
  });

  it('a product with an age limit is offered to a customer who is old enough', () => {
    expect(ask({ occasion: { customerAge: 18 } }).ids).toContain('rum');
  });

  it('a product that the store does not sell is not a candidate, even with a pin', () => {
    const stores = [{ id: 's1', baskets: 100, sales: { coffee: 50, scone: 10, tea: 10 } }];
    expect(ask({ spec: { stores } }).verdicts.cake).toBeUndefined();
    const pinned = ask({ spec: { stores }, rules: [{ id: 'r', action: 'pin', productIds: ['cake'] }] });
    expect(pinned.verdicts.cake).toBe('not-in-assortment');
    expect(pinned.ids).not.toContain('cake');
  });

  it('unknown stock withholds nothing', () => {
    expect(ask({ stock: [{ productId: 'scone', onHand: 5 }] }).ids).toContain('cake');
  });

  it('never two products of one substitute group together: the better one stays', () => {
    const products = coffeeBar.products.map((p) => ({
      ...p,
      ...(['cake', 'scone'].includes(p.id) && { substituteGroup: 'sweet' }),
    }));
    const { ids, verdicts } = ask({ spec: { products } });
    expect(ids).toEqual(['cake', 'tea']);
    expect(verdicts.scone).toBe('substitute');
  });

  it('never a likely substitute of a product in the basket or of another suggestion', () => {
    const inBasket = ask({ spec: { substitutes: [['coffee', 'tea']] } });
    expect(inBasket.verdicts).toMatchObject({ tea: 'substitute', cake: 'suggested' });
    const ofEachOther = ask({ spec: { substitutes: [['cake', 'scone']] } });
    expect(ofEachOther.ids).toEqual(['cake', 'tea']);
    expect(ofEachOther.verdicts.scone).toBe('substitute');
  });

  it('a pin outranks learned substitutes, but not those that the catalogue states', () => {
    const rules: Rule[] = [{ id: 'r', action: 'pin', productIds: ['tea', 'cake'] }];
    const learned: Partial<ModelSpec> = {
      substitutes: [
        ['coffee', 'tea'],
        ['cake', 'tea'],
      ],
    };
    expect(ask({ spec: learned, rules }).ids.slice(0, 2)).toEqual(['tea', 'cake']);
  });

  it('holds for any basket, stock, declines, groups and rules: the filters are never passed by', () => {
    const ids = Array.from({ length: 12 }, (_, at) => `p${at}`);
    const some = fc.subarray(ids);
    const rule = fc.record({
      id: fc.constantFrom('r1', 'r2'),
      action: fc.constantFrom('pin', 'exclude', 'boost', 'bury'),
      productIds: some,
      factor: fc.constantFrom(0.1, 3),
    });
    const question = fc.record({
      basket: some,
      declined: some,
      pairs: fc.array(
        fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids), fc.integer({ min: -2, max: 5 })),
      ),
      stock: fc.dictionary(fc.constantFrom(...ids), fc.nat(6)),
      groups: fc.array(fc.option(fc.constantFrom('g', 'h'), { nil: undefined }), {
        minLength: 12,
        maxLength: 12,
      }),
      rules: fc.array(rule, { maxLength: 4 }),
      limit: fc.integer({ min: 1, max: 6 }),
      objective: fc.constantFrom('value', 'probability'),
    });
    fc.assert(
      fc.property(question, ({ basket, declined, pairs, stock, groups, rules, limit, objective }) => {
        const products = ids.map((id, at) => ({
          id,
          share: (at + 1) / 20,
          unitPrice: 5,
          unitCost: 3,
          ...(groups[at] && { substituteGroup: groups[at] }),
        }));
        const edges = [...new Map(pairs.map((edge) => [`${edge[0]} ${edge[1]}`, edge])).values()];
        const asked = ask({
          spec: { products, edges },
          basket,
          declined,
          rules: rules as Rule[],
          stock: Object.entries(stock).map(([productId, onHand]) => ({
            productId,
            onHand,
            protectionLevel: 2,
          })),
          occasion: { limit, objective: objective as 'value' },
        });
        expect(asked.ids.length).toBeLessThanOrEqual(limit);
        expect(new Set(asked.ids).size).toBe(asked.ids.length);
        const groupOf = (id: string) => groups[ids.indexOf(id)];
        const offered = asked.ids.map(groupOf).filter((group) => group !== undefined);
        expect(new Set(offered).size).toBe(offered.length);
        for (const id of asked.ids) {
          expect(basket).not.toContain(id);
          expect(declined).not.toContain(id);
          expect(stock[id] ?? 3).toBeGreaterThan(2);
          if (groupOf(id)) expect(basket.map(groupOf)).not.toContain(groupOf(id));
          expect(rules.some((each) => each.action === 'exclude' && each.productIds.includes(id))).toBe(false);
          expect(asked.of(id).reasons.length).toBeGreaterThan(0);
          expect(asked.of(id).pitch).not.toBe('');
        }
        const pinned = new Set(
          rules.filter(({ action }) => action === 'pin').flatMap((each) => each.productIds),
        );
        const isPinned = asked.ids.map((id) => pinned.has(id));
        expect(isPinned).toEqual([...isPinned].sort((a, b) => Number(b) - Number(a)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a decision that is not explained', () => {
  const ids = Array.from({ length: 150 }, (_, at) => `p${at}`);

  it('suggests the same as one over all candidates, and lists the fifty most probable in the same way', () => {
    const question = fc.record({
      weights: fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 149, maxLength: 149 }),
      margins: fc.array(fc.constantFrom(0.5, 1, 2, 50, -1, undefined), { minLength: 150, maxLength: 150 }),
      outOfStock: fc.subarray(ids),
      overstocked: fc.subarray(ids),
      replacing: fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 40 }),
      rules: fc.array(
        fc.record({
          id: fc.constant('r'),
          action: fc.constantFrom('boost', 'bury', 'exclude', 'pin'),
          productIds: fc.subarray(ids, { maxLength: 5 }),
          factor: fc.constantFrom(0.2, 8),
        }),
        { maxLength: 2 },
      ),
      limit: fc.integer({ min: 1, max: 8 }),
      objective: fc.constantFrom('value', 'probability'),
      valueWeight: fc.constantFrom(0, 0.5, 1),
      expectedValueMin: fc.constantFrom(0, 0.01, 5),
      isAccepted: fc.boolean(),
      hasMargins: fc.nat(4).map((drawn) => drawn > 0),
    });
    let shortened = 0;
    fc.assert(
      fc.property(question, (drawn) => {
        const sharp = drawn.weights.map((weight, at) => weight ** 3 / (1 + at));
        const row = (productId: string, onHand: number) => ({ productId, onHand, demandPerDay: 0.1 });
        const asked = (explain: boolean) =>
          ask({
            spec: {
              products: ids.map((id, at) => {
                const margin = drawn.hasMargins ? drawn.margins[at] : at % 3 === 0 ? undefined : -1;
                return {
                  id,
                  share: 0.2,
                  ...(margin !== undefined && { unitPrice: 10, unitCost: 10 - margin }),
                };
              }),
              edges: sharp.map((weight, at) => ['p0', ids[at + 1]!, weight] as const),
              substitutes: drawn.replacing.filter(([a, b]) => a !== b),
              ...(drawn.isAccepted && {
                acceptance: { overall: { rise: 0.5, fall: 1, offset: -1 }, channels: new Map() },
              }),
            },
            basket: ['p0'],
            stock: [
              ...drawn.outOfStock.map((id) => row(id, 0)),
              ...drawn.overstocked.filter((id) => !drawn.outOfStock.includes(id)).map((id) => row(id, 500)),
            ],
            rules: drawn.rules as Rule[],
            policy: { valueWeight: drawn.valueWeight, expectedValueMin: drawn.expectedValueMin },
            occasion: { limit: drawn.limit, objective: drawn.objective as 'value' },
            explain,
          }).decision;
        const [quick, whole] = [asked(false), asked(true)];
        expect(quick.suggestions).toEqual(whole.suggestions);
        const listed = quick.considered.items.length;
        if (listed < whole.considered.items.length) {
          shortened++;
          expect(listed).toBe(50);
        }
        for (const name of ['items', 'probability', 'expectedValue', 'verdict', 'unitValue'] as const)
          expect(quick.considered[name]).toEqual(whole.considered[name].slice(0, listed));
      }),
      { numRuns: 300 },
    );
    expect(shortened).toBeGreaterThan(50);
  });
});

describe('the order of suggestions', () => {
  const rich = withSpec('scone', { unitPrice: 40 });

  it('is that of expected value, or of probability alone when asked for', () => {
    expect(ask({ spec: rich }).ids[0]).toBe('scone');
    const byChance = ask({ spec: rich, occasion: { objective: 'probability' } });
    expect(byChance.ids.slice(0, 2)).toEqual(['cake', 'scone']);
  });

  it('by probability knows no threshold', () => {
    const { ids } = ask({ policy: { expectedValueMin: 1000 }, occasion: { objective: 'probability' } });
    expect(ids).toEqual(['cake', 'scone', 'tea']);
  });

  it('is that of probability when the weight of value is 0', () => {
    expect(ask({ spec: rich, policy: { valueWeight: 0 } }).ids).toEqual(['cake', 'scone', 'tea']);
  });

  it('slow stock lifts a good suggestion over an equal one', () => {
    const even: Partial<ModelSpec> = {
      edges: [
        ['coffee', 'cake', 0.3],
        ['coffee', 'scone', 0.3],
      ],
    };
    const slow = ask({ spec: even, stock: [{ productId: 'scone', onHand: 500, demandPerDay: 0.5 }] });
    expect(slow.ids.slice(0, 2)).toEqual(['scone', 'cake']);
    expect(slow.of('scone').reasons.map(({ code }) => code)).toEqual(['bought-together', 'slow-stock']);
    expect(ask({ spec: even }).ids.slice(0, 2)).toEqual(['cake', 'scone']);
  });

  it('is that of probability where no product states a margin', () => {
    const products = coffeeBar.products.map(({ id, share }) => ({ id, share: share! }));
    const { ids, of } = ask({ spec: { products } });
    expect(ids.slice(0, 2)).toEqual(['cake', 'scone']);
    expect(of('cake').expectedValue).toBeNaN();
  });

  it('takes no more than the limit, the best ones', () => {
    expect(ask({ occasion: { limit: 1 } }).ids).toEqual(['cake']);
    expect(ask({ occasion: { limit: 0 } }).ids).toEqual([]);
  });

  it('is the same for the same question, and candidates of earlier decisions leave no trace', () => {
    expect(ask().decision).toEqual(ask().decision);
  });
});

describe('rules of the operator', () => {
  it('pins go first, in front of better offers, below the threshold, and say which rule pinned them', () => {
    const { ids, of } = ask({
      rules: [{ id: 'spring', action: 'pin', productIds: ['tea'] }],
      policy: { expectedValueMin: 0.5 },
    });
    expect(ids[0]).toBe('tea');
    expect(of('tea').rules).toEqual(['spring']);
    expect(of('tea').reasons).toContainEqual({ code: 'pinned', ruleId: 'spring' });
  });

  it('a pin passes the threshold only, no hard filter', () => {
    const pin = (...productIds: string[]): Rule[] => [{ id: 'p', action: 'pin', productIds }];
    expect(ask({ rules: pin('cake'), declined: ['cake'] }).ids).not.toContain('cake');
    expect(ask({ rules: pin('cake'), stock: [{ onHand: 0 }] }).ids).not.toContain('cake');
    expect(ask({ rules: pin('rum') }).ids).not.toContain('rum');
    expect(
      ask({ rules: [...pin('cake'), { id: 'x', action: 'exclude', productIds: ['cake'] }] }).ids,
    ).not.toContain('cake');
  });

  it('a product known by the catalogue only can be pinned', () => {
    const spec = {
      ...coffeeBar,
      products: [...coffeeBar.products, { id: 'new', unitPrice: 5, unitCost: 1 }],
      knownCount: 5,
    };
    const { ids, of } = ask({ spec, rules: [{ id: 'launch', action: 'pin', productIds: ['new'] }] });
    expect(ids[0]).toBe('new');
    expect(of('new').probability).toBe(0);
  });

  it('several pins keep the order in which the rules name them', () => {
    const rules: Rule[] = [
      { id: 'a', action: 'pin', productIds: ['tea'] },
      { id: 'b', action: 'pin', productIds: ['scone'] },
    ];
    expect(ask({ rules }).ids).toEqual(['tea', 'scone', 'cake']);
  });

  it('boost and bury multiply the expected value; rules that hold together multiply', () => {
    const plain = ask().of('scone').expectedValue;
    const rules: Rule[] = [
      { id: 'a', action: 'boost', productIds: ['scone'], factor: 3 },
      { id: 'b', action: 'bury', productIds: ['cake'], factor: 0.5 },
      { id: 'c', action: 'boost', productIds: ['scone'], factor: 2 },
    ];
    const { ids, of } = ask({ rules });
    expect(ids[0]).toBe('scone');
    expect(of('scone').expectedValue).toBeCloseTo(6 * plain, 9);
    expect(of('scone').rules).toEqual(['a', 'c']);
  });

  it('a category names what is in it and below it, and not its namesakes', () => {
    const categories: Record<string, string> = { cake: 'food/sweet', scone: 'food', tea: 'foodless' };
    const products = coffeeBar.products.map((p) => ({ ...p, category: categories[p.id] ?? '' }));
    const { verdicts } = ask({
      spec: { products },
      rules: [{ id: 'r', action: 'exclude', category: 'food' }],
    });
    expect(verdicts).toMatchObject({ cake: 'excluded', scone: 'excluded', tea: 'suggested' });
  });

  it.each<[string, Partial<Rule>, boolean]>([
    ['in its stores', { storeIds: ['s1', 's2'] }, true],
    ['in other stores', { storeIds: ['s2'] }, false],
    ['in its channel', { channels: ['till'] }, true],
    ['in another channel', { channels: ['web', 'call'] }, false],
    ['from its start', { fromMs: NOW_MS }, true],
    ['before its start', { fromMs: NOW_MS + 1 }, false],
    ['until its end', { untilMs: NOW_MS + 1 }, true],
    ['at its end', { untilMs: NOW_MS }, false],
    ['with its product in the basket', { whenBasketHas: ['tea', 'coffee'] }, true],
    ['without it', { whenBasketHas: ['tea'] }, false],
    ['with a product nobody knows', { whenBasketHas: ['unheard-of'] }, false],
    ['where all conditions hold', { storeIds: ['s1'], channels: ['till'], whenBasketHas: ['coffee'] }, true],
    ['where one condition fails', { storeIds: ['s1'], channels: ['web'], whenBasketHas: ['coffee'] }, false],
  ])('a rule %s: %j holds %s', (_, conditions, holds) => {
    const rules: Rule[] = [{ id: 'r', action: 'exclude', productIds: ['cake'], ...conditions }];
    expect(ask({ rules }).verdicts.cake).toBe(holds ? 'excluded' : 'suggested');
  });

  it('a rule that names products nobody knows does nothing', () => {
    expect(ask({ rules: [{ id: 'r', action: 'pin', productIds: ['unheard-of'] }] }).ids).toEqual(ask().ids);
  });
});

describe('the record of a decision', () => {
  it('names every candidate with its verdict and value, and does not change with the next decision', () => {
    const { decision } = ask();
    expect(decision.considered.items).toHaveLength(4);
    expect(decision.considered.terms).toHaveLength(4);
    expect(decision.considered.terms![0]!.margin).toBe(2);
    expect(decision.suggestions[0]!.terms.total).toBe(2);
  });

  it('an empty catalogue and an empty basket get an empty answer and a popular one', () => {
    expect(ask({ spec: { products: [], edges: [] }, basket: [] }).ids).toEqual([]);
    const popular = ask({ basket: [] });
    expect(popular.ids).toContain('coffee');
    expect(popular.of('coffee').reasons).toEqual([{ code: 'popular', share: 0.5 }]);
  });
});
