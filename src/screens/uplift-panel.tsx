import { AskedState } from './asked-state.tsx';
import type { Interval, UpliftAnswer } from './manager-answers.ts';
import { formatMoney, formatNumber } from './number-format.ts';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

const UPLIFT_DAYS = 91;

export function UpliftPanel({ desk }: { desk: ManagerDesk }) {
  const { t, reportQuery } = desk;
  const query = reportQuery(UPLIFT_DAYS);
  const asked = useAnswer<UpliftAnswer>(query && `/v1/reports/uplift?${query}`);
  return (
    <section class="panel" aria-labelledby="uplift-title" data-test="uplift">
      <h2 id="uplift-title">{t.uplift}</h2>
      <AskedState t={t} asked={asked}>
        {(answer) => <UpliftFigures desk={desk} answer={answer} />}
      </AskedState>
    </section>
  );
}

function UpliftFigures({ desk: { t, language }, answer }: { desk: ManagerDesk; answer: UpliftAnswer }) {
  const { baskets, trusted, currency, anytime, notes, noteCodes } = answer;
  const isEmpty = baskets.treatment + baskets.holdout === 0;
  const count = (value: number) => formatNumber(value, language, 0);
  const money = (value: number) => formatMoney(value, language, currency);
  return (
    <>
      <p class="panel-quiet">{t.upliftText}</p>
      {isEmpty ? (
        <p data-test="trusted">{t.noExperiment}</p>
      ) : (
        <p class="verdict" data-trusted={trusted} data-test="trusted">
          {trusted ? t.trusted : t.untrusted}
        </p>
      )}
      <ul class="intervals">
        <UpliftInterval t={t} label={t.margin} interval={anytime.marginPer100Baskets} format={money} />
        <UpliftInterval t={t} label={t.revenue} interval={anytime.revenuePer100Baskets} format={money} />
        <UpliftInterval
          t={t}
          label={t.itemCount}
          interval={anytime.itemsPer100Baskets}
          format={(value) => formatNumber(value, language, 1)}
        />
      </ul>
      <p class="panel-quiet">{t.baskets(count(baskets.treatment), count(baskets.holdout))}</p>
      {notes.map((note, at) => (
        <p key={note} class="panel-quiet" data-test="uplift-note">
          {t.upliftNotes[noteCodes[at]!] ?? note}
        </p>
      ))}
    </>
  );
}

interface UpliftIntervalProps {
  readonly t: ManagerDesk['t'];
  readonly label: string;
  readonly interval: Interval | null;
  readonly format: (value: number) => string;
}

function UpliftInterval({ t, label, interval, format }: UpliftIntervalProps) {
  if (!interval) {
    return (
      <li>
        <span>{label}</span>
        <em>{t.tooFew}</em>
      </li>
    );
  }
  const { estimate, low, high } = interval;
  return (
    <li>
      <span>{label}</span>
      <strong data-test="estimate">{format(estimate)}</strong>
      <IntervalBar interval={interval} />
      <em>{t.between(format(low), format(high))}</em>
    </li>
  );
}

const BAR_WIDTH = 200;

/** The interval over a line, with zero marked: where it lies to the right of zero, the offers earned. */
function IntervalBar({ interval: { estimate, low, high } }: { interval: Interval }) {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  const x = (value: number) => 8 + ((value - from) / (to - from || 1)) * (BAR_WIDTH - 16);
  return (
    <svg class="interval-bar" viewBox={`0 0 ${BAR_WIDTH} 24`} aria-hidden="true">
      <line class="interval-axis" x1={0} x2={BAR_WIDTH} y1={12} y2={12} />
      <line class="interval-zero" x1={x(0)} x2={x(0)} y1={2} y2={22} />
      <line class="interval-range" x1={x(low)} x2={x(high)} y1={12} y2={12} />
      <circle class="interval-estimate" cx={x(estimate)} cy={12} r={5} />
    </svg>
  );
}
