import type { Comparison } from '../compare-versions.ts';
import type { Evaluation } from '../evaluate.ts';
import type { NegativeControl } from '../negative-control.ts';
import type { RankingLatency } from '../ranking-latency.ts';
import { evaluationText, questionsText, scorerText } from './evaluation-text.ts';
import { countText, intervalText } from './number-text.ts';

/** All that is said of a version when it is evaluated. */
export interface EvaluationReport {
  readonly version: string;
  readonly createdAt: string;
  readonly notice?: string;
  readonly evaluation: Evaluation;
  /** Receipts that were asked about; absent when the evaluation is the one of the training. */
  readonly asked?: AskedFacts;
  readonly latency?: RankingLatency;
  readonly comparison?: Comparison;
  readonly control?: NegativeControl;
}

export interface AskedFacts {
  readonly files: readonly string[];
  readonly fingerprint: string;
  /** Baskets asked about: the newest of all that were read. */
  readonly baskets: number;
  readonly basketsRead: number;
  /** RFC 3339; null without dates. */
  readonly from: string | null;
  readonly to: string | null;
  readonly unknown: { readonly lines: number; readonly products: number };
  /** Why the version, or the one it is compared with, may have seen the questions. */
  readonly warnings: readonly string[];
}

/** The report in Markdown, for a terminal or a file. */
export function reportText(report: EvaluationReport): string {
  const { version, notice, evaluation, asked, comparison, control } = report;
  const parts = [
    `# Evaluation of ${version}`,
    ...(notice ? [`**${notice}**`] : []),
    ...(asked?.warnings ?? []).map((warning) => `**${warning}**`),
    `| | |\n|---|---|\n${factsOf(report)
      .map(([name, fact]) => `| ${name} | ${fact} |`)
      .join('\n')}`,
    questionsText(evaluation),
    evaluationText(evaluation),
    ...(comparison
      ? [
          `## Against ${comparison.older.name}`,
          COMPARISON_METHOD,
          scorerText([comparison.newer, comparison.older]),
          ...comparisonLines(comparison),
        ]
      : []),
    ...(control
      ? ['## Negative control', scorerText([control.ours, control.popularity]), controlLine(control)]
      : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Name and text of what the evaluation is about. */
export function factsOf({ version, createdAt, asked, latency, evaluation }: EvaluationReport): string[][] {
  const facts = [['version', `${version}, made ${createdAt}`]];
  if (asked) {
    const { files, baskets, basketsRead, from, to, unknown, warnings } = asked;
    const period = from && to ? `, ${from.slice(0, 10)} to ${to.slice(0, 10)}` : '';
    const which =
      baskets < basketsRead
        ? `the newest ${countText(baskets)} of ${countText(basketsRead)} baskets`
        : `all ${countText(baskets)} baskets`;
    facts.push(
      ['receipts', `${files.join(', ')}: ${which}${period}`],
      ['fingerprint', asked.fingerprint],
      ['unseen', warnings.length > 0 ? 'see the warning' : 'yes'],
      [
        'left out',
        unknown.lines > 0
          ? `${countText(unknown.lines)} lines of ${countText(unknown.products)} products ${version} does not know`
          : `nothing: ${version} knows every product`,
      ],
    );
  }
  facts.push(['seed', String(evaluation.seed)]);
  if (latency) {
    const { p50Us, p99Us, calls } = latency;
    facts.push([
      'one ranking',
      `p50 ${p50Us.toFixed(0)} µs, p99 ${p99Us.toFixed(0)} µs (${countText(calls)} calls after warm-up, one thread, no network or cache)`,
    ]);
  }
  return facts;
}

export const COMPARISON_METHOD =
  'Both answer the same questions: every hidden product that at least one of them knows. Each ranks its own catalogue, as it serves; what it does not know is a miss.';

/** What a comparison says, a sentence a line. */
export function comparisonLines({
  newer,
  older,
  questions,
  baskets,
  ndcg10,
  hitRate10,
  isWorse,
}: Comparison): string[] {
  const isBetter = ndcg10.low > 0 || hitRate10.low > 0;
  const verdict = isWorse ? 'is WORSE than' : isBetter ? 'is better than' : 'cannot be told from';
  return [
    `${countText(questions)} questions from ${countText(baskets)} baskets; misses because the product is not known: ${newer.name} ${countText(newer.unknownTargets)}, ${older.name} ${countText(older.unknownTargets)}.`,
    `${newer.name} − ${older.name}: NDCG@10 ${intervalText(ndcg10)}, HR@10 ${intervalText(hitRate10)}; 95 %, paired bootstrap by basket.`,
    `**${newer.name} ${verdict} ${older.name}${isWorse || isBetter ? ' beyond the interval' : ''}.**`,
  ];
}

const UNTESTED: Record<NonNullable<NegativeControl['untested']>, string> = {
  'no questions': 'no basket of two known products in the test period of the shuffled receipts',
  'nothing to shuffle': 'the baskets are so alike that their lines have nothing to exchange',
};

/** What the negative control says. */
export function controlLine({ questions, lift, isLiftLost, untested }: NegativeControl): string {
  if (untested) return `Not tested: ${UNTESTED[untested]}.`;
  const verdict = isLiftLost
    ? 'all lift over popularity is lost, as it must be: what the real receipts show comes from what is bought together'
    : 'lift over popularity is LEFT though nothing is bought together: the evaluation is in error, do not trust its figures';
  return `The whole method trained anew and tested (${countText(questions)} questions) on receipts whose lines have exchanged their products at random; baskets keep their size, store and time. Ours − popularity, NDCG@10: ${intervalText(lift)}: ${verdict}.`;
}
