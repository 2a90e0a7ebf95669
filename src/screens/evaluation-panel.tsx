import type { EvaluationAnswer } from './analyst-answers.ts';
import type { AnalystTranslation } from './analyst-words.ts';
import { CalibrationChart } from './calibration-chart.tsx';
import { FigureTable } from './figure-table.tsx';
import type { Language } from './live-protocol.ts';
import { formatFixed, formatNumber, formatPercent } from './number-format.ts';
import { WideTable } from './wide-table.tsx';

interface EvaluationPanelProps {
  readonly t: AnalystTranslation;
  readonly language: Language;
  readonly answer: EvaluationAnswer;
}

/** What a version is worth beside simpler methods, by basket length, and whether its probabilities hold. */
export function EvaluationPanel({ t, language, answer }: EvaluationPanelProps) {
  const { questions, methods, byBasketLength, calibration } = answer;
  const whole = (value: number) => formatNumber(value, language, 0);
  const share = (value: number) => formatFixed(value, language, 3);
  const difference = (of: EvaluationAnswer['methods'][number]['difference']) =>
    of ? `${share(of.estimate)} (${share(of.low)} – ${share(of.high)})` : '';
  const rates = [1, 3, 10] as const;
  if (questions === 0) return <p class="panel-quiet">{t.notTested}</p>;
  return (
    <>
      <p class="panel-quiet">{t.evaluationText(whole(questions))}</p>
      <WideTable label={t.method}>
        <table data-test="methods">
          <thead>
            <tr>
              <th scope="col">{t.method}</th>
              {[...rates.map(t.hitRate), t.ndcg, t.coverage, t.difference].map((column) => (
                <th key={column} scope="col" class="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {methods.map((method) => (
              <tr key={method.name}>
                <th scope="row">{method.name}</th>
                {rates.map((count) => (
                  <td key={count} class="number">
                    {share(method.hitRate[count])}
                  </td>
                ))}
                <td class="number">{share(method.ndcg10)}</td>
                <td class="number">{formatPercent(method.coverage, language)}</td>
                <td class="number">{difference(method.difference)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      <h3>{t.calibration}</h3>
      <p class="panel-quiet">{t.calibrationText(formatNumber(calibration.error, language, 4))}</p>
      <CalibrationChart
        label={t.calibration}
        bins={calibration.bins.filter(({ count }) => count > 0)}
        stated={t.stated}
        observed={t.observed}
        language={language}
      />
      <FigureTable
        label={t.calibration}
        test="calibration-table"
        columns={[t.stated, t.observed, t.suggestions]}
        textColumns={0}
        rows={calibration.bins.map(({ stated, observed, count }) => [
          formatFixed(stated, language, 4),
          formatFixed(observed, language, 4),
          whole(count),
        ])}
      />
      <FigureTable
        label={t.byLength}
        test="by-length"
        columns={[t.length, t.questions, t.hitRate(10), t.ndcg]}
        textColumns={1}
        rows={byBasketLength.map(({ length, questions: asked, hitRate10, ndcg10 }) => [
          length,
          whole(asked),
          share(hitRate10),
          share(ndcg10),
        ])}
      />
    </>
  );
}
