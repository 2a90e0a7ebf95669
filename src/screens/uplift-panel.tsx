import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { UPLIFT_VIEWS, type UpliftAnswer, type UpliftView } from './manager-answers.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { SegmentChoice } from './segment-choice.tsx';
import { UpliftCustomers } from './uplift-customers.tsx';
import { UpliftInterval } from './uplift-interval.tsx';
import { UpliftParts } from './uplift-parts.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

const UPLIFT_DAYS = 91;

export function UpliftPanel({ desk }: { desk: ManagerDesk }) {
  const { t, reportQuery } = desk;
  const [chosen, setView] = useState<UpliftView>('whole');
  // A split by store makes no sense for a single store.
  const views = UPLIFT_VIEWS.filter((view) => view !== 'store' || desk.storeId === '');
  const view = views.includes(chosen) ? chosen : 'whole';
  const query = reportQuery(UPLIFT_DAYS);
  const split = view === 'whole' ? '' : `&split=${view}`;
  const asked = useAnswer<UpliftAnswer>(query && `/v1/reports/uplift?${query}${split}`);
  return (
    <section class="panel" aria-labelledby="uplift-title" data-test="uplift">
      <div class="panel-head">
        <h2 id="uplift-title">{t.uplift}</h2>
        <SegmentChoice
          legend={t.upliftBy}
          choices={views}
          chosen={view}
          labelOf={(choice) => t.upliftViews[choice]}
          onChoose={setView}
          test="uplift-by"
        />
      </div>
      <AskedState t={t} asked={asked}>
        {(answer) => (
          <>
            <UpliftFigures desk={desk} answer={answer} />
            {answer.customers && (
              <UpliftCustomers desk={desk} figures={answer.customers} currency={answer.currency} />
            )}
            {answer.parts && answer.parts.length > 0 && (
              <UpliftParts desk={desk} view={view} parts={answer.parts} />
            )}
          </>
        )}
      </AskedState>
    </section>
  );
}

function UpliftFigures({ desk: { t, language }, answer }: { desk: ManagerDesk; answer: UpliftAnswer }) {
  const { baskets, trusted, currency, anytime, upsellMarginPer100Baskets: gross, notes, noteCodes } = answer;
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
        {anytime.holdingSavedPer100Baskets && (
          <UpliftInterval
            t={t}
            label={t.holdingSaved}
            interval={anytime.holdingSavedPer100Baskets}
            format={money}
          />
        )}
        {anytime.incrementalShare && gross !== null && (
          <UpliftInterval
            t={t}
            label={t.incrementalShare(money(gross))}
            interval={anytime.incrementalShare}
            format={(value) => formatPercent(value, language)}
          />
        )}
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
