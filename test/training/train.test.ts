import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODEL_FILES } from '../../src/adapters/model-files.ts';
import { UNKNOWN_ASKER } from '../../src/recommender/asker.ts';
import { rankCandidates } from '../../src/recommender/candidates.ts';
import type { Product } from '../../src/recommender/catalogue.ts';
import { NO_CUSTOMER } from '../../src/recommender/customer-history.ts';
import type { Model } from '../../src/recommender/model.ts';
import { SIGNALS } from '../../src/recommender/signals.ts';
import { viewStore } from '../../src/recommender/store-view.ts';
import { NO_HOUR } from '../../src/recommender/time-of-day.ts';
import { createWorkspace } from '../../src/recommender/workspace.ts';
import { basketMatrix, selectKnownItems } from '../../src/training/basket-matrix.ts';
import type { Evaluation } from '../../src/training/evaluate.ts';
import { TrainingImpossible } from '../../src/training/learnable.ts';
import { type Interval, pairedDifference } from '../../src/training/metrics.ts';
import { askQuestions } from '../../src/training/questions.ts';
import { seededRandom } from '../../src/training/random.ts';
import { rankTargets } from '../../src/training/rank-questions.ts';
import { popularityScorer, servedScorer } from '../../src/training/scorers.ts';
import type { RankerChoice } from '../../src/training/train-ranker.ts';
import type { TrainedVersion } from '../../src/training/training-input.ts';
import { type BasketSpec, plantedBaskets, receiptsOf, shuffledBaskets } from '../support/receipts-builder.ts';
import { modelOf, NAMES, trainOn } from '../support/trained-version.ts';

/** Every number of a trained version, those unknown by design (demand without dates) left out. */
function expectFinite(trained: TrainedVersion): void {
  const model = modelOf(trained);
  for (const array of [
    model.complements.weight,
    model.togetherShare,
    model.basketShare,
    model.storeSales.weight,
  ])
    expect(array.every(Number.isFinite)).toBe(true);
  expect(model.complements.target.every((target) => target >= 0 && target < model.knownCount)).toBe(true);
  for (const column of [model.ranker.weight, model.ranker.mean, model.ranker.deviation, model.ranker.recall])
    expect(column.every(Number.isFinite)).toBe(true);
  const text = new TextDecoder();
  for (const name of ['evaluation.json', 'model-card.md'])
    expect(text.decode(trained.files.get(name))).not.toMatch(/NaN|null|undefined|Infinity/);
}

const cardOf = ({ files }: TrainedVersion) => new TextDecoder().decode(files.get('model-card.md'));

const baseline = (evaluation: Evaluation, name: string) =>
  evaluation.baselines.find((each) => each.name === name)!;

const repeated = (items: readonly string[], times: number) => Array.from({ length: times }, () => items);

/** A café: coffee, and beside it croissants in the morning and cake in the afternoon. */
function cafe(tellsHour: boolean): BasketSpec[] {
  const random = seededRandom(5);
  return Array.from({ length: 3000 }, (_, at): BasketSpec => {
    const hour = 8 + (at % 10);
    const isMorning = tellsHour ? hour < 12 : random() < 0.4;
    const sweet = random() < 0.8 ? (isMorning ? 'croissant' : 'cake') : `other${Math.floor(random() * 6)}`;
    return { items: [random() < 0.7 ? 'coffee' : 'tea', sweet], hour };
  });
}

describe('training on receipts that go with the time of day', () => {
  const best = (model: Model, hour: number, ids: readonly string[] = ['coffee']) => {
    const basket = Int32Array.from(ids, (id) => model.itemOf.get(id)!);
    const asker = { ...UNKNOWN_ASKER, hour };
    const ranked = rankCandidates(model, viewStore(model), basket, asker, createWorkspace(model), 3);
    return Array.from(ranked.items, (item) => model.products[item]!.id);
  };

  it('offers in the morning what is bought in the morning, to an empty basket too', async () => {
    const trained = await trainOn({ ...receiptsOf(cafe(true)), timeZone: 'Europe/Amsterdam' });
    expectFinite(trained);
    const model = modelOf(trained);
    expect(trained.manifest.timeZone).toBe('Europe/Amsterdam');
    expect(model.hourOf(Date.parse('2026-07-01T08:00:00Z'))).toBe(10);
    expect(best(model, 9)[0]).toBe('croissant');
    expect(best(model, 15)[0]).toBe('cake');
    expect(best(model, 9, []).slice(0, 2)).toContain('croissant');
    expect(best(model, 9, [])).not.toContain('cake');
    expect(best(model, 15, [])).not.toContain('croissant');
    const { hour } = trained.manifest.parameters.ranker as RankerChoice;
    expect(hour).toMatchObject({ isHeeded: true });
    expect(hour!.gain.low).toBeGreaterThan(0);
    expect(cardOf(trained)).toContain('| time of day | counts, on the clocks of Europe/Amsterdam |');
    for (const { difference } of trained.evaluation.baselines) expect(difference.low).toBeGreaterThan(0.03);
  });

  it('ignores hours without information: the version has none, and answers the same at any time', async () => {
    const trained = await trainOn(receiptsOf(cafe(false)));
    const model = modelOf(trained);
    expect(trained.manifest.parameters.ranker).toMatchObject({ hour: { isHeeded: false } });
    expect(trained.manifest).not.toHaveProperty('timeZone');
    expect(trained.files.has('hour-lift.f32')).toBe(false);
    expect(model.hourOf(0)).toBe(NO_HOUR);
    expect(best(model, 9)).toEqual(best(model, 15));
    const hourless = await trainOn(receiptsOf(cafe(false).map(({ items }) => ({ items }))));
    for (const name of MODEL_FILES.filter((one) => one !== 'ranker.json'))
      expect(hourless.files.get(name)).toEqual(trained.files.get(name));
    expect(hourless.evaluation.ours).toEqual(trained.evaluation.ours);
    expect(hourless.manifest.parameters.ranker).not.toHaveProperty('hour');
  });
});

describe('training on receipts with planted pairs', () => {
  const baskets = plantedBaskets({ baskets: 2500, products: 20, pairs: 8, seed: 11 });

  it('finds the planted complements, beats popularity beyond its interval, and is calibrated', async () => {
    const trained = await trainOn(receiptsOf(baskets));
    expectFinite(trained);
    const model = modelOf(trained);
    const view = viewStore(model);
    const workspace = createWorkspace(model);
    for (let pair = 0; pair < 8; pair++) {
      const first = model.itemOf.get(`pair0${pair}a`)!;
      const ranked = rankCandidates(model, view, Int32Array.of(first), UNKNOWN_ASKER, workspace, 10);
      expect(model.products[ranked.items[0]!]!.id).toBe(`pair0${pair}b`);
      expect(ranked.reasonShare[0]).toBeGreaterThan(0.55);
      expect(ranked.reasonShare[0]).toBeLessThan(0.85);
    }
    const { evaluation } = trained;
    const popularity = baseline(evaluation, 'popularity');
    expect(evaluation.ours.ndcg10).toBeGreaterThan(popularity.ndcg10 + 0.05);
    expect(popularity.difference.low).toBeGreaterThan(0);
    expect(evaluation.calibration.error).toBeLessThan(0.03);
    expect(evaluation.questions).toBeGreaterThan(100);
  });

  it('shuffled baskets lose all lift: the negative control', async () => {
    const { evaluation } = await trainOn(receiptsOf(shuffledBaskets(baskets, 5)));
    const popularity = baseline(evaluation, 'popularity');
    expect(evaluation.ours.hitRate['10']).toBeLessThanOrEqual(popularity.hitRate['10'] + 0.02);
    expect(popularity.difference.low).toBeLessThan(0.005);
  });

  it('a menu without signal equals popularity', async () => {
    const { evaluation } = await trainOn(
      receiptsOf(plantedBaskets({ baskets: 2500, products: 30, pairs: 0, seed: 3 })),
    );
    const popularity = baseline(evaluation, 'popularity');
    expect(Math.abs(evaluation.ours.ndcg10 - popularity.ndcg10)).toBeLessThan(0.02);
    expect(Math.abs(evaluation.ours.hitRate['10'] - popularity.hitRate['10'])).toBeLessThan(0.02);
    expect(evaluation.calibration.error).toBeLessThan(0.015);
  });

  it('gives the same bytes for the same receipts and seed', async () => {
    const receipts = receiptsOf(baskets.slice(0, 400));
    const [first, second] = [await trainOn(receipts), await trainOn(receipts)];
    for (const [name, bytes] of first.files) expect(second.files.get(name), name).toEqual(bytes);
  });

  it('held back, the newest tenth does not reach the published arrays', async () => {
    const early = baskets.slice(0, 900);
    const late = (items: readonly string[]) =>
      receiptsOf([...early, ...Array.from({ length: 100 }, () => items)]);
    const [one, other] = [
      await trainOn(late(['p00', 'p01']), { keepTestOut: true }),
      await trainOn(late(['p02', 'pair00a', 'pair07b']), { keepTestOut: true }),
    ];
    for (const name of MODEL_FILES.filter((file) => !file.startsWith('store')))
      expect(other.files.get(name), name).toEqual(one.files.get(name));
    expect(one.manifest.parameters.learnedFrom).toBe('first 90 % of the baskets');
  });

  it('tells repeats from discoveries where customers are known', async () => {
    const { evaluation } = await trainOn(
      receiptsOf(baskets.slice(0, 1000).map((items, at): BasketSpec => ({ items, customer: `c${at % 20}` }))),
      { customers: NAMES },
    );
    const { repeat, discovery } = evaluation.byHistory!;
    expect(repeat.questions).toBeGreaterThan(0);
    expect(repeat.questions + discovery.questions).toBe(evaluation.questions);
  });

  it('learns what each customer buys, and offers it to that customer only', async () => {
    const habits = Array.from({ length: 1200 }, (_, at): BasketSpec => {
      const customer = at % 40;
      return { items: ['bread', `own${customer}`, `any${(at * 7) % 11}`], customer: `c${customer}` };
    });
    const trained = await trainOn(receiptsOf(habits), { customers: NAMES });
    const model = modelOf(trained);
    const bread = Int32Array.of(model.itemOf.get('bread')!);
    const best = (customer: number, basket = bread) => {
      const ranked = rankCandidates(
        model,
        viewStore(model),
        basket,
        { ...UNKNOWN_ASKER, customer },
        createWorkspace(model),
        1,
      );
      return model.products[ranked.items[0]!]!.id;
    };
    for (const id of ['c0', 'c7', 'c39']) {
      expect(best(model.customerOf(id))).toBe(`own${id.slice(1)}`);
      expect(['bread', `own${id.slice(1)}`]).toContain(best(model.customerOf(id), new Int32Array(0)));
    }
    expect(model.customerOf('c40')).toBe(NO_CUSTOMER);
    expect(best(NO_CUSTOMER)).toMatch(/^any/);
    expect(trained.manifest.customers).toEqual({ known: 40, keyId: NAMES.keyId });
    expect(cardOf(trained)).toContain('keeps what 40 customers bought, under pseudonyms');
  });

  it('keeps nothing of customers unless it is given names for them', async () => {
    const specs = baskets.slice(0, 600).map((items, at): BasketSpec => ({ items, customer: `c${at % 20}` }));
    const [plain, anonymous] = [
      await trainOn(receiptsOf(specs)),
      await trainOn(receiptsOf(baskets.slice(0, 600))),
    ];
    for (const name of MODEL_FILES) expect(plain.files.get(name), name).toEqual(anonymous.files.get(name));
    expect(plain.manifest.customers).toBeUndefined();
    expect(cardOf(plain)).toContain('it knows baskets only');
    expect(modelOf(plain).customerOf('c3')).toBe(NO_CUSTOMER);
  });

  it('knows a product of the catalogue in another spelling for the one that was sold', async () => {
    const receipts = receiptsOf(baskets.slice(0, 400));
    const loud: Product = { id: 'PAIR00A', name: 'Pair', category: 'Pairs', active: true };
    const model = modelOf(await trainOn(receipts, { catalogue: [loud] }));
    expect(model.products).toHaveLength(model.knownCount);
    expect(model.products[model.itemOf.get('pair00a')!]).toMatchObject({ id: 'pair00a', name: 'Pair' });
  });

  it('carries catalogue products nobody bought yet, without touching what was learned', async () => {
    const receipts = receiptsOf(baskets.slice(0, 400));
    const fresh: Product = { id: 'aaa-new', name: 'New', category: '', active: true };
    const [plain, wider] = [
      modelOf(await trainOn(receipts)),
      modelOf(await trainOn(receipts, { catalogue: [fresh] })),
    ];
    expect(wider.products).toHaveLength(plain.products.length + 1);
    expect(wider.knownCount).toBe(plain.knownCount);
    expect(wider.itemOf.get('aaa-new')).toBe(plain.knownCount);
    expect(wider.complements.weight).toEqual(plain.complements.weight);
  });
});

describe('a catalogue that describes its products', () => {
  const kinds = ['cup', 'tea', 'lamp', 'bulb', 'bed', 'sheet', 'pan', 'lid', 'pen', 'ink'];
  const looks = ['red', 'blue', 'green', 'black', 'white', 'pink', 'grey', 'gold'];
  /** A cup is bought with tea, a lamp with a bulb and so on, of any look; never two of one kind. */
  const described = receiptsOf(
    Array.from({ length: 4500 }, (_, at) => {
      const random = seededRandom(at + 1);
      const pair = Math.floor((random() * kinds.length) / 2) * 2;
      const look = () => looks[Math.floor(random() * looks.length)]!;
      return [`${look()} ${kinds[pair]}`, `${look()} ${kinds[pair + 1]}`];
    }),
  );
  const sold = (id: string): Product => {
    const [look, kind] = id.split(' ');
    return { id, name: `${look} fine porcelain ${kind}`, category: kind!, active: true };
  };
  const catalogue = [...described.productIds.map(sold), sold('silver tea'), sold('silver ink')];

  let trained: TrainedVersion;

  beforeAll(async () => {
    trained = await trainOn(described, { catalogue });
  });

  it('makes a product without sales a candidate beside what its kind is bought with, and measures the gain', () => {
    const model = modelOf(trained);
    const itemOf = (id: string) => model.itemOf.get(id)!;
    const view = viewStore(model);
    const ranked = rankCandidates(
      model,
      view,
      Int32Array.of(itemOf('red cup')),
      UNKNOWN_ASKER,
      createWorkspace(model),
      30,
    );
    expect(ranked.items).toContain(itemOf('silver tea'));
    const places = [...ranked.items];
    const beside = (id: string) => {
      const place = places.indexOf(itemOf(id));
      return place < 0 ? 0 : ranked.probability[place]!;
    };
    expect(beside('silver tea')).toBeGreaterThan(10 * beside('silver ink'));
    const { newProducts } = trained.evaluation;
    expect(newProducts!.isServed).toBe(true);
    expect(newProducts!.difference.low).toBeGreaterThan(0);
    expect(newProducts!.overall.low).toBeGreaterThan(0);
    expect(newProducts!.calibration.stated / newProducts!.calibration.observed).toBeCloseTo(1, 0);
    expect(new TextDecoder().decode(trained.files.get('model-card.md'))).toMatch(
      /## New products\n\nThe sales of/,
    );
  });

  it('keeps two of one kind that are never bought together from being offered beside each other', () => {
    const { substitutes, itemOf } = modelOf(trained);
    const row = itemOf.get('red cup')!;
    const replaced = [...substitutes!.target.slice(substitutes!.start[row], substitutes!.start[row + 1])];
    expect(replaced).toContain(itemOf.get('blue cup'));
    expect(replaced).not.toContain(itemOf.get('red tea'));
    expect(trained.evaluation.substitutes).toMatchObject({ likeness: 0.5 });
  });

  it('gives the same bytes for the same catalogue and seed', async () => {
    const again = await trainOn(described, { catalogue });
    expect([...trained.files.keys()]).toContain('new-products.weight.f32');
    for (const [name, bytes] of trained.files) expect(again.files.get(name), name).toEqual(bytes);
  }, 60_000);
});

describe('a shop with too few questions to choose signals by', () => {
  /** NDCG@10 of ours minus that of popularity on other baskets of the same shop. */
  async function liftOn(fresh: readonly string[][], trained: TrainedVersion): Promise<Interval> {
    const model = modelOf(trained);
    const receipts = receiptsOf([model.products.map(({ id }) => id), ...fresh]);
    const known = selectKnownItems(receipts, 0, 1);
    const asked = askQuestions(basketMatrix(receipts, known, 1, fresh.length + 1), 1);
    const [ours, theirs] = [servedScorer(model), popularityScorer(Float64Array.from(model.basketShare))].map(
      (scorer) => rankTargets(scorer, asked),
    );
    return pairedDifference(ours!, theirs!, asked.basket, 1);
  }
  const noise = (baskets: number, seed: number) => plantedBaskets({ baskets, products: 60, pairs: 0, seed });
  const oneLined = (baskets: readonly string[][]) =>
    baskets.map((items, at) => (at % 100 ? [items[at % items.length]!] : items));
  const paired = (baskets: number, seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: baskets }, () => {
      const pair = Math.floor(random() * 20);
      return [`a${pair}`, random() < 0.9 ? `b${pair}` : `b${Math.floor(random() * 20)}`];
    });
  };

  it.each([1, 2])('without structure ranks no worse than by sales (seed %i)', async (seed) => {
    for (const baskets of [noise(200, seed), oneLined(noise(8000, seed))]) {
      const trained = await trainOn(receiptsOf(baskets));
      expect(trained.manifest.parameters.ranker).toMatchObject({ signals: 'held' });
      const lift = await liftOn(noise(1500, seed + 50), trained);
      expect(lift.estimate).toBeGreaterThan(-0.01);
      expectFinite(trained);
    }
  });

  it('with strong structure keeps what is bought together, and says by how many questions', async () => {
    for (const baskets of [paired(150, 1), oneLined(paired(8000, 2))]) {
      const trained = await trainOn(receiptsOf(baskets));
      const { questions } = trained.manifest.parameters.ranker as RankerChoice;
      expect((await liftOn(paired(500, 9), trained)).low).toBeGreaterThan(0.3);
      expect(cardOf(trained)).toContain(
        `too few baskets of two products and more to weigh signals freely (${questions} questions): it ranks by sales`,
      );
    }
  });

  it('with no question at all ranks by sales', async () => {
    const trained = await trainOn(
      receiptsOf([...repeated(['a'], 60), ...repeated(['b'], 40), ...repeated(['c'], 5), ['b', 'c']]),
    );
    expect(trained.manifest.parameters.ranker).toMatchObject({ signals: 'held', questions: 0 });
    const model = modelOf(trained);
    const weights = SIGNALS.filter((_, at) => model.ranker.weight[at] !== 0);
    expect(weights).toEqual(['popularity']);
  });
});

describe('receipts at the edge', () => {
  it.each<[string, readonly (readonly string[])[]]>([
    ['one basket of one product', [['a']]],
    ['one product only', repeated(['a'], 50)],
    ['baskets of one line only', ['a', 'b', 'c', 'a', 'b'].map((id) => [id])],
    [
      'a large catalogue in which nothing was bought five times',
      [...Array(300).keys()].map((id) => [`p${id}`, `q${id}`]),
    ],
    ['no basket', []],
  ])('%s: nothing can be learned, and it says what was wanted', async (_, baskets) => {
    const error = await trainOn(receiptsOf(baskets)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TrainingImpossible);
    expect((error as Error).message).toMatch(/wanted baskets that hold at least two products/);
  });

  it.each<[string, readonly (BasketSpec | readonly string[])[]]>([
    ['one basket of two products', [['a', 'b']]],
    ['two equal baskets', repeated(['a', 'b'], 2)],
    ['all baskets equal', repeated(['a', 'b', 'c'], 100)],
    [
      '99 % baskets of one line',
      [...Array(990).keys()].map((at): string[] => (at % 99 ? [`p${at % 7}`] : ['p1', 'p2'])),
    ],
    ['pairs in the newest tenth only', [...repeated(['a'], 95), ...repeated(['a', 'b'], 5)]],
    [
      'pairs in the oldest part only: no validation question',
      [...repeated(['a', 'b'], 50), ...repeated(['a'], 50)],
    ],
    ['products that vanish', [...repeated(['a', 'b'], 60), ...repeated(['c', 'd'], 60)]],
    ['all at one moment', repeated(['a', 'b', 'c'], 30).map((items) => ({ items, atMs: 7 }))],
    ['one basket that holds everything', [['a', 'b', 'c', 'd', 'e', 'f'], ...repeated(['a', 'b'], 30)]],
  ])('%s: learns, and every number is finite', async (_, baskets) => {
    const trained = await trainOn(receiptsOf(baskets));
    expectFinite(trained);
    const model = modelOf(trained);
    const view = viewStore(model);
    const ranked = rankCandidates(model, view, Int32Array.of(0), UNKNOWN_ASKER, createWorkspace(model), 50);
    expect(ranked.probability.every(Number.isFinite)).toBe(true);
  });

  it('receipts without dates learn in the order of the file, and state no demand', async () => {
    const baskets = plantedBaskets({ baskets: 300, products: 6, pairs: 2, seed: 2 });
    const trained = await trainOn(
      receiptsOf(
        baskets.map((items) => ({ items, store: 's' })),
        false,
      ),
    );
    expectFinite({ ...trained, files: new Map([...trained.files]) });
    expect(trained.manifest.data).toMatchObject({ from: null, to: null });
    expect(modelOf(trained).storeDemand.every(Number.isNaN)).toBe(true);
  });

  it('on a menu as small as the lists the probabilities hold too', async () => {
    const baskets = plantedBaskets({ baskets: 1500, products: 8, pairs: 0, seed: 4 });
    const { manifest, evaluation } = await trainOn(receiptsOf(baskets));
    expect(manifest.knownProducts).toBe(8);
    expect(evaluation.calibration.error).toBeLessThan(0.05);
  });

  it('any few baskets either train to finite numbers or say why not', async () => {
    const basket = fc.uniqueArray(fc.constantFrom(...'abcdef'), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(basket, { minLength: 1, maxLength: 25 }), async (baskets) => {
        const trained = await trainOn(receiptsOf(baskets)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(TrainingImpossible);
          expect(baskets.every(({ length }) => length < 2)).toBe(true);
        });
        if (trained) expectFinite(trained);
      }),
      { numRuns: 25 },
    );
  });
});
