import type { ManifestFacts } from '../adapters/model-manifest.ts';
import type { Evaluation } from './evaluate.ts';
import type { Interval, RankingMetrics } from './metrics.ts';
import type { IngestReport } from './receipts.ts';

/** The model card in Markdown: what the model is, what it was made of, what it is worth and what it is not for. */
export function renderModelCard(
  manifest: ManifestFacts,
  report: IngestReport,
  evaluation: Evaluation,
): string {
  const { data } = manifest;
  const period = data.from && data.to ? `${data.from.slice(0, 10)} to ${data.to.slice(0, 10)}` : 'no dates';
  return `# Model card: ${manifest.version}

${manifest.notice ? `**${manifest.notice}**\n\n` : ''}Ranks complementary products for a basket: a linear ranker over co-purchases (local EASE), the votes of similar past baskets and
sales, as probabilities over the assortment. Not for decisions about people: it knows baskets only.

| | |
|---|---|
| made | ${manifest.createdAt} by Basketlift ${manifest.codeVersion}, seed ${manifest.seed} |
| receipts | ${count(data.baskets)} baskets, ${count(data.lines)} lines, ${count(data.products)} products, ${period} |
| rows read | ${count(report.rowsRead)}, kept ${count(report.rowsKept)}${dropped(report)} |
| fingerprint of the data | \`${data.fingerprint}\` |
| known products | ${count(manifest.knownProducts)} (bought often enough to learn from) |
| parameters | ${parameters(manifest)} |

## Evaluation

Baskets in time order: parameters chosen on the ninth tenth, refitted on the first nine tenths, tested once on the last. In
each of ${count(evaluation.baskets)} test baskets with two or more known products up to five are hidden one at a time; the whole catalogue of
${count(evaluation.knownProducts)} known products minus the rest of the basket is ranked, ties at mid-rank: ${count(evaluation.questions)} questions. ${percent(evaluation.coldShare)} of the test
lines are products the model does not know; nothing is asked of them.

| method | HR@1 | HR@3 | HR@5 | HR@10 | NDCG@10 | MRR | coverage | novelty (bits) | ours − method, NDCG@10 (95 %) |
|---|---|---|---|---|---|---|---|---|---|
${[evaluation.ours, ...evaluation.baselines].map((row) => scorerRow(row)).join('\n')}

| basket | questions | HR@10 | NDCG@10 |
|---|---|---|---|
${Object.entries(evaluation.byBasketLength)
  .map(([name, metrics]) => cutRow(`${name} other product${name === '1' ? '' : 's'}`, metrics))
  .join('\n')}
${evaluation.byHistory ? `${cutRow('bought by the customer before', evaluation.byHistory.repeat)}\n${cutRow('new to the customer', evaluation.byHistory.discovery)}\n` : ''}
## Calibration

Expected calibration error of the top ten: ${evaluation.calibration.error.toFixed(4)}. The probability is that of being the next product of the
basket; how often an offer is accepted is learned from outcomes only.

| stated | offers | mean stated | observed |
|---|---|---|---|
${evaluation.calibration.bins
  .map(
    (bin) =>
      `| ${bin.from}–${bin.to} | ${count(bin.count)} | ${bin.stated.toFixed(4)} | ${bin.observed.toFixed(4)} |`,
  )
  .join('\n')}
`;
}

function scorerRow(
  row: RankingMetrics & { name: string; coverage: number; novelty: number; difference?: Interval },
): string {
  const { hitRate } = row;
  const hits = (['1', '3', '5', '10'] as const).map((cut) => hitRate[cut].toFixed(3)).join(' | ');
  const difference = row.difference
    ? `${signed(row.difference.estimate)} (${signed(row.difference.low)}, ${signed(row.difference.high)})`
    : '';
  return `| ${row.name} | ${hits} | ${row.ndcg10.toFixed(3)} | ${row.mrr.toFixed(3)} | ${percent(row.coverage)} | ${row.novelty.toFixed(1)} | ${difference} |`;
}

function cutRow(name: string, metrics: RankingMetrics): string {
  return `| ${name} | ${count(metrics.questions)} | ${metrics.hitRate['10'].toFixed(3)} | ${metrics.ndcg10.toFixed(3)} |`;
}

function dropped(report: IngestReport): string {
  const reasons = Object.entries(report.dropped).map(([reason, rows]) => `${reason} ${count(rows)}`);
  return reasons.length > 0 ? `; left out: ${reasons.join(', ')}` : '';
}

function parameters(manifest: ManifestFacts): string {
  return Object.entries(manifest.parameters)
    .map(([name, value]) => `${name} ${stated(value)}`)
    .join('; ');
}

function stated(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${stated(part)}`)
    .join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
