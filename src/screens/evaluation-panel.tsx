import type { EvaluationAnswer } from './analyst-answers.ts';
import type { AnalystTranslation } from './analyst-words.ts';
import { CalibrationChart } from './calibration-chart.tsx';
import { FigureTable, OpenTable } from './figure-table.tsx';
import type { Language } from './live-protocol.ts';
import { formatFixed, formatNumber, formatPercent } from './number-format.ts';

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
      <OpenTable
        label={t.method}
        test="methods"
        columns={[t.method, ...rates.map(t.hitRate), t.ndcg, t.coverage, t.difference]}
        textColumns={1}
        rows={methods.map((method) => [
          method.name,
          ...rates.map((count) => share(method.hitRate[count])),
          share(method.ndcg10),
          formatPercent(method.coverage, language),
          difference(method.difference),
        ])}
      />
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
