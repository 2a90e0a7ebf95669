import { describe, expect, it } from 'vitest';
import { calibrated, type Ranker, stateProbabilities } from '../../src/recommender/ranker.ts';
import { SIGNALS } from '../../src/recommender/signals.ts';
import { fitCalibration } from '../../src/training/calibration-fit.ts';
import { seededRandom } from '../../src/training/random.ts';
import { fitRanker } from '../../src/training/ranker-fit.ts';
import type { RankerQuestions } from '../../src/training/ranker-questions.ts';
import { openTensorBackend } from '../../src/training/tensor-backend.ts';
import { openBackends } from '../support/tensor-backends.ts';

const WIDTH = SIGNALS.length;
const ONE: Omit<Ranker, 'calibration'> = {
  mean: new Float64Array(WIDTH),
  deviation: new Float64Array(WIDTH).fill(1),
  weight: Float64Array.from(SIGNALS, (_, at) => ((at % 5) - 2) / 2),
  recall: Float64Array.of(1),
};

/** Questions of 2 to 30 candidates with standard normal signals, answered as a ranker of known weights answers. */
function askedOf(ranker: typeof ONE, questions: number, seed: number): RankerQuestions {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const start = new Int32Array(questions + 1);
  for (let q = 0; q < questions; q++) start[q + 1] = start[q]! + 2 + Math.floor(random() * 29);
  const signals = Float32Array.from({ length: start[questions]! * WIDTH }, normal);
  const target = Int32Array.from({ length: questions }, (_, q) => {
    const rows = Float64Array.from(signals.subarray(start[q]! * WIDTH, start[q + 1]! * WIDTH));
    const probability = new Float64Array(start[q + 1]! - start[q]!);
    stateProbabilities(ranker, rows, probability.length, 1, probability);
    const drawn = random();
    let sum = 0;
    for (let place = 0; place < probability.length; place++) {
      sum += probability[place]!;
      if (drawn < sum) return place;
    }
    return 0;
  });
  const basket = Int32Array.from({ length: questions }, (_, q) => q);
  return { start, signals, target, basket, basketLength: new Int32Array(questions).fill(1) };
}

const backends = await openBackends();
if (!backends.some(({ name }) => name === 'tensorflow'))
  console.warn('SKIPPED: @tensorflow/tfjs-node does not load; its results were NOT compared');

describe('the fit of a ranker', () => {
  it('opens WebAssembly and plain JavaScript everywhere', () => {
    expect(backends.map(({ name }) => name)).toEqual(expect.arrayContaining(['wasm', 'cpu']));
  });

  it.each(backends)('on $name finds the weights that gave the answers', async ({ tf, name }) => {
    await tf.setBackend(name);
    const fitted = await fitRanker(tf, [askedOf(ONE, 3000, 7)], { signals: SIGNALS, l2: 1e-4 });
    fitted.weight.forEach((weight, at) => {
      expect(weight / fitted.deviation[at]!, SIGNALS[at]).toBeCloseTo(ONE.weight[at]!, 0);
      expect(Math.abs(weight / fitted.deviation[at]! - ONE.weight[at]!)).toBeLessThan(0.15);
    });
  });

  it('gives the same weights on every backend', async () => {
    const slices = [askedOf(ONE, 500, 3), askedOf(ONE, 300, 4)];
    const fits: Float64Array[] = [];
    for (const { tf, name } of backends) {
      await tf.setBackend(name);
      fits.push((await fitRanker(tf, slices, { signals: SIGNALS, l2: 0.01 })).weight);
    }
    for (const weight of fits.slice(1))
      weight.forEach((value, at) => {
        expect(value).toBeCloseTo(fits[0]![at]!, 3);
      });
  });

  it.each(backends)('is served as $name computes it, to 1e-5', async ({ tf, name }) => {
    await tf.setBackend(name);
    const { start, signals } = askedOf(ONE, 50, 5);
    for (let q = 0; q < 50; q++) {
      const count = start[q + 1]! - start[q]!;
      const rows = signals.subarray(start[q]! * WIDTH, start[q + 1]! * WIDTH);
      const wanted = tf.tidy(() => {
        const logits = tf.matMul(tf.tensor2d(rows, [count, WIDTH]), tf.tensor2d([...ONE.weight], [WIDTH, 1]));
        return tf.softmax(tf.reshape(logits, [count]));
      });
      const served = new Float64Array(count);
      stateProbabilities(ONE, Float64Array.from(rows), count, 1, served);
      const values = await wanted.data();
      wanted.dispose();
      values.forEach((value, at) => {
        expect(Math.abs(value - served[at]!)).toBeLessThan(1e-5);
      });
    }
  });

  it('held to weights stays there without a question, and goes where many point', async () => {
    const { tf } = await openTensorBackend(['wasm']);
    const heldTo = { popularity: 1 };
    const none = await fitRanker(tf, [askedOf(ONE, 0, 1)], { signals: SIGNALS, l2: 1, heldTo });
    expect([...none.weight]).toEqual(SIGNALS.map((name) => (name === 'popularity' ? 1 : 0)));
    const popularity = SIGNALS.indexOf('popularity');
    const distances: number[] = [];
    for (const questions of [30, 300, 3000]) {
      const options = { signals: SIGNALS, l2: 50 / questions, heldTo };
      const { weight } = await fitRanker(tf, [askedOf(ONE, questions, 7)], options);
      distances.push(Math.abs(weight[popularity]! - ONE.weight[popularity]!));
    }
    expect(distances).toEqual(distances.toSorted((a, b) => b - a));
    expect(distances[2]).toBeLessThan(0.2);
  });

  it('leaves out questions whose product is not a candidate, and leaks no tensor', async () => {
    const { tf } = await openTensorBackend(['wasm']);
    const all = askedOf(ONE, 200, 9);
    const missing = { ...all, target: all.target.map((place, q) => (q % 2 ? place : -1)) };
    const before = tf.memory().numTensors;
    const { weight } = await fitRanker(tf, [missing], { signals: ['ease', 'neighbours'], l2: 0.1 });
    expect(tf.memory().numTensors).toBe(before);
    expect(weight.filter((value) => value !== 0)).toHaveLength(2);
    expect(weight.every(Number.isFinite)).toBe(true);
  });
});

describe('calibration', () => {
  it('finds nothing to correct in a ranker that states its own answers', () => {
    const { rise, fall, offset } = fitCalibration(ONE, [askedOf(ONE, 4000, 21)]);
    for (const p of [0.01, 0.1, 0.5, 0.9])
      expect(Math.abs(calibrated({ rise, fall, offset }, p) - p)).toBeLessThan(0.03);
  });

  it('corrects a ranker that states too little at the top, and keeps the order', () => {
    const timid = { ...ONE, weight: ONE.weight.map((value) => value / 2) };
    const calibration = fitCalibration(timid, [askedOf(ONE, 4000, 22)]);
    expect(calibrated(calibration, 0.6)).toBeGreaterThan(0.7);
    const stated = [0, 1e-6, 0.01, 0.2, 0.7, 1].map((p) => calibrated(calibration, p));
    expect(stated).toEqual(stated.toSorted((a, b) => a - b));
    expect(stated.every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('of no question is none', () => {
    expect(fitCalibration(ONE, [askedOf(ONE, 0, 1)])).toEqual({ rise: 1, fall: 1, offset: 0 });
  });
});
