import { IntervalBar } from './interval-bar.tsx';
import type { UpliftPart, UpliftView } from './manager-answers.ts';
import { formatMoney, formatNumber } from './number-format.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

/** Expected share of false discoveries among the parts that are reported as different. */
const FALSE_DISCOVERY_RATE = 0.05;

interface UpliftPartsProps {
  readonly desk: ManagerDesk;
  readonly view: UpliftView;
  readonly parts: readonly UpliftPart[];
}

/** What the offers earned in each part, and for which parts this can be distinguished from zero. */
export function UpliftParts({ desk, view, parts }: UpliftPartsProps) {
  const { t, language } = desk;
  const count = (value: number) => formatNumber(value, language, 0);
  const margins = parts.flatMap(({ anytime }) => anytime.marginPer100Baskets ?? []);
  const span = [
    Math.min(...margins.map(({ low }) => low)),
    Math.max(...margins.map(({ high }) => high)),
  ] as const;
  return (
    <>
      <h3>{t.marginBy(t.upliftViews[view])}</h3>
      <ul class="intervals" data-test="uplift-parts">
        {parts.map(({ part, baskets, currency, anytime: { marginPer100Baskets: margin }, ...rest }) => {
          const money = (value: number) => formatMoney(value, language, currency);
          return (
            <li key={part}>
              <span>{partName(desk, view, part)}</span>
              <strong>{margin ? money(margin.estimate) : '–'}</strong>
              {margin && <IntervalBar interval={margin} span={span} />}
              {margin && <em>{t.between(money(margin.low), money(margin.high))}</em>}
              {/* Every category counts the baskets of the whole, so their number is omitted. */}
              {view !== 'category' && <em>{t.baskets(count(baskets.treatment), count(baskets.holdout))}</em>}
              <em data-test="verdict">{verdictOf(t, rest, margin?.estimate)}</em>
            </li>
          );
        })}
      </ul>
      <p class="panel-quiet">{t.upliftPartsText}</p>
    </>
  );
}

function partName({ t, stores }: ManagerDesk, view: UpliftView, part: string | null): string {
  if (part === null) return t.unknownPart;
  if (view === 'customer') return part === 'new' ? t.newCustomers : t.existingCustomers;
  return stores.find(({ id }) => view === 'store' && id === part)?.name ?? part;
}

function verdictOf(
  t: ManagerDesk['t'],
  { anytimeQ: q, notes, noteCodes }: Pick<UpliftPart, 'anytimeQ' | 'notes' | 'noteCodes'>,
  estimate: number | undefined,
): string {
  if (q === null || estimate === undefined) return t.upliftNotes[noteCodes[0] ?? ''] ?? notes[0] ?? t.tooFew;
  if (q > FALSE_DISCOVERY_RATE) return t.notTold;
  return estimate > 0 ? t.earned : t.lost;
}
