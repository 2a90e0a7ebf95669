import type { ManifestFacts } from '../adapters/model-manifest.ts';
import type { Evaluation } from './evaluate.ts';
import type { IngestReport } from './receipts.ts';
import { evaluationText, questionsText } from './report/evaluation-text.ts';
import { heldText } from './report/held-text.ts';
import { countText } from './report/number-text.ts';

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
sales, as probabilities over the assortment. ${held(manifest)}Not for decisions about people: ${knows(manifest)}.

| | |
|---|---|
| made | ${manifest.createdAt} by Basketlift ${manifest.codeVersion}, seed ${manifest.seed} |
| receipts | ${countText(data.baskets)} baskets, ${countText(data.lines)} lines, ${countText(data.products)} products, ${period} |
| rows read | ${countText(report.rowsRead)}, kept ${countText(report.rowsKept)}${dropped(report)} |
| fingerprint of the data | \`${data.fingerprint}\` |
| known products | ${countText(manifest.knownProducts)} (bought often enough to learn from) |
| time of day | ${manifest.timeZone === undefined ? 'counts nothing' : `counts, on the clocks of ${manifest.timeZone}`} |
| parameters | ${parameters(manifest)} |

## Evaluation

Baskets in time order: ${choice(manifest)}, refitted on the first nine tenths, tested once on the last. ${questionsText(evaluation)}

${evaluationText(evaluation)}
`;
}

function choice({ parameters: { like, acceptance } }: ManifestFacts): string {
  if (typeof like !== 'string') return 'parameters chosen on the ninth tenth';
  const kept = acceptance === 'kept' ? ', and how often offers are accepted,' : '';
  return `parameters and ranker of ${like}${kept} kept`;
}

function held(manifest: ManifestFacts): string {
  const text = heldText(manifest);
  return text === undefined ? '' : `${text} `;
}

function knows({ customers }: ManifestFacts): string {
  return customers
    ? `beside baskets it keeps what ${countText(customers.known)} customers bought, under pseudonyms, to answer those who agreed`
    : 'it knows baskets only';
}

function dropped(report: IngestReport): string {
  const reasons = Object.entries(report.dropped).map(([reason, rows]) => `${reason} ${countText(rows)}`);
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
