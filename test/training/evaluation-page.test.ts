import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Comparison, VersionFigures } from '../../src/training/compare-versions.ts';
import type { Evaluation } from '../../src/training/evaluate.ts';
import type { RankingMetrics } from '../../src/training/metrics.ts';
import { barChart, reliabilityDiagram } from '../../src/training/report/evaluation-charts.ts';
import { renderEvaluationPage } from '../../src/training/report/evaluation-page.ts';
import { type EvaluationReport, reportText } from '../../src/training/report/evaluation-report.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';

const metrics: RankingMetrics = {
  questions: 1200,
  hitRate: { '1': 0.1, '3': 0.2, '5': 0.25, '10': 0.4 },
  ndcg10: 0.22,
  mrr: 0.19,
};
const ours = { ...metrics, name: 'basketlift', coverage: 0.8, novelty: 4 };
const interval = { estimate: 0.05, low: 0.04, high: 0.06 };
const evaluation: Evaluation = {
  seed: 1,
  baskets: 300,
  questions: 1200,
  knownProducts: 90,
  coldShare: 0.01,
  ours,
  baselines: [{ ...ours, name: 'popularity', difference: interval }],
  calibration: {
    error: 0.004,
    bins: [
      { from: 0, to: 0.005, count: 900, stated: 0.002, observed: 0 },
      { from: 0.6, to: 1, count: 3, stated: 0.8, observed: 1 },
    ],
  },
  silence: [
    { threshold: 0.01, answered: 1, offers: 2.5, accepted: 0.1, found: 0.25 },
    { threshold: 0.3, answered: 0.1, offers: 0.1, accepted: 0.4, found: 0.04 },
  ],
  frontier: {
    value: 'price',
    steps: [
      { valueWeight: 0, hitRate3: 0.2, offered: 1.5, taken: 1.2 },
      { valueWeight: 1, hitRate3: 0.19, hitRate3Difference: interval, offered: 1.65, taken: 1.14 },
    ],
  },
  substitutes: { likeness: 0.5, hitRate10: interval, withheld: 0.03 },
  newProducts: {
    products: 12,
    questions: 90,
    hitRate10: { embeddings: 0.08, categoryPopularity: 0.05 },
    difference: interval,
    amongNew: { embeddings: 0.9, categoryPopularity: 0.8 },
    calibration: { offers: 100, stated: 0.02, observed: 0.03 },
    known: { questions: 900, hitRate10: 0.3, difference: interval },
    overall: interval,
    isServed: true,
  },
  byBasketLength: { '1': metrics, '2-3': metrics },
  byPopularity: [{ ...metrics, name: '1 of 1: 1–9 % of baskets' }],
  byHistory: { repeat: metrics, discovery: metrics },
};
const figures = (name: string): VersionFigures => ({
  ...ours,
  name,
  knownProducts: 90,
  unknownTargets: 7,
  calibrationError: 0.01,
});
const comparison: Comparison = {
  baskets: 300,
  questions: 1207,
  newer: figures('new'),
  older: figures('old'),
  ndcg10: { estimate: -0.02, low: -0.03, high: -0.01 },
  hitRate10: interval,
  isWorse: true,
};
const full = (name: string): EvaluationReport => ({
  version: name,
  createdAt: '2026-05-01T00:00:00.000Z',
  notice: name,
  evaluation: { ...evaluation, byStore: [{ ...metrics, name }] },
  asked: {
    files: [name],
    fingerprint: 'f',
    baskets: 300,
    basketsRead: 3000,
    from: null,
    to: null,
    unknown: { lines: 12, products: 1 },
    warnings: [`NOT UNSEEN: ${name}`],
  },
  latency: { calls: 5000, p50Us: 41, p99Us: 120 },
  comparison: { ...comparison, newer: figures(name), older: figures(name) },
  control: { questions: 1200, ours, popularity: ours, lift: interval, isLiftLost: false },
});

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

describe('the page', () => {
  it('shows a hostile name of a store, version or file as text, wherever it stands', () => {
    const hostile = `</title><img src=x onerror="alert(1)">&'`;
    const page = renderEvaluationPage(full(hostile));
    expect(page).not.toContain('<img');
    expect(page).not.toContain('onerror="');
    expect(page.split('&lt;img src=x').length).toBeGreaterThan(8);
  });

  it('keeps any name from making markup', () => {
    const tags = (page: string) => page.match(/<[a-z/!]/gi)!.length;
    const plain = tags(renderEvaluationPage(full('name')));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'/a=! -'), maxLength: 20 }), (name) => {
        expect(tags(renderEvaluationPage(full(`n${name}`)))).toBe(plain);
        expect(renderEvaluationPage(full(`n${name}`))).toContain(
          `<title>Evaluation of n${escaped(name).replaceAll("'", '&#39;')}</title>`,
        );
      }),
    );
  });

  it('has no script, asks for nothing and forbids asking', () => {
    const page = renderEvaluationPage(full('v1'));
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|\bhref=|url\(|@import|https?:/);
  });

  it('of an evaluation without a question says so, and shows no figures', () => {
    const page = renderEvaluationPage({
      version: 'v1',
      createdAt: 'then',
      evaluation: { ...evaluation, questions: 0 },
    });
    expect(page).toContain('Not tested: no basket of two known products');
    expect(page).toContain('Made of');
    expect(page).not.toMatch(/HR@10|Methods|Calibration|<svg/);
  });

  it('of an evaluation made when there were no cuts by sales and store leaves them out', () => {
    const { byPopularity: _, byHistory: __, ...old } = evaluation;
    const page = renderEvaluationPage({ version: 'old', createdAt: 'then', evaluation: old });
    expect(page).toContain('By what else is in the basket');
    expect(page).not.toMatch(/By sales|By store|By customer|Against|Negative control|undefined|NaN/);
  });
});

test('the page has all that the text has a heading for', () => {
  const page = renderEvaluationPage(full('v1'));
  const headings = [...reportText(full('v1')).matchAll(/^## (.+)$/gm)].map(([, name]) => name!);
  expect(headings).toEqual(expect.arrayContaining(['Silence', 'Value', 'Substitutes', 'New products']));
  for (const name of headings) expect(page).toContain(`<h2>${name}</h2>`);
});

describe('the text', () => {
  it('warns, compares and judges in words, and a store cannot break its table', () => {
    const text = reportText(full('a|b\nc'));
    expect(text).toContain('**NOT UNSEEN: a|b');
    expect(text).toContain('| a\\|b c | 1,200 | 0.400 | 0.220 |');
    expect(text).toContain('lift over popularity is LEFT though nothing is bought together');
    const compared = reportText({ ...full('new'), comparison });
    expect(compared).toContain('new − old: NDCG@10 −0.020 (−0.030, −0.010), HR@10 +0.050 (+0.040, +0.060)');
    expect(compared).toContain('**new is WORSE than old beyond the interval.**');
    expect(compared).toContain('p50 41 µs, p99 120 µs');
  });
});

describe('charts', () => {
  it('draw finite coordinates within their frame for any figures', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const bin = fc.record({
      from: share,
      to: share,
      count: fc.integer({ min: 1 }),
      stated: share,
      observed: share,
    });
    const row = fc.record({
      label: fc.string(),
      values: fc.array(share, { maxLength: 4 }).map((values) => values.sort()),
      note: fc.constant(''),
      isMain: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(bin), fc.array(row), share, (bins, rows, max) => {
        for (const svg of [String(reliabilityDiagram(bins)), String(barChart('chart', rows, max))]) {
          const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
          for (const [, name, value] of svg.matchAll(/ (c?[xy]|width|height)="([^"]*)"/g)) {
            expect(Number(value)).toBeGreaterThanOrEqual(0);
            expect(Number(value)).toBeLessThanOrEqual(/y|height/.test(name!) ? height! : width!);
          }
          expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
    );
  });

  it('keep honest bins on the line and the bars of a row within each other', () => {
    const honest = { from: 0, to: 1, count: 9, stated: 0.01, observed: 0.01 };
    expect(String(reliabilityDiagram([honest]))).toContain('<circle cx="158.0" cy="208.0"');
    const row = { label: 'ours', values: [0.1, 0.2, 0.4], note: '', isMain: true };
    const widths = [...String(barChart('', [row], 0.4)).matchAll(/<rect [^>]*width="([^"]+)"/g)];
    expect(widths.map(([, width]) => Number(width))).toEqual([350, 175, 87.5]);
  });
});

describe.skipIf(!chromiumPath)('in a browser', () => {
  it('nothing is cut off at the side on a desk, a phone or paper, in light and dark', async () => {
    const browser = await launchChromium();
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const [width, media] of [
          [1280, 'screen'],
          [390, 'screen'],
          [680, 'print'],
        ] as const) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const complaints: string[] = [];
          page.on('console', (message) => complaints.push(message.text()));
          await page.emulateMedia({ media, colorScheme });
          await page.setContent(renderEvaluationPage(full('A store with a rather long name (s12)')));
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect({ width, media, overflow, complaints }).toEqual({
            width,
            media,
            overflow: 0,
            complaints: [],
          });
          const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
          expect(paper === 'rgb(255, 255, 255)').toBe(media === 'print' || colorScheme === 'light');
          await page.close();
        }
      }
    } finally {
      await browser.close();
    }
  });
});
