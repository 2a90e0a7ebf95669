import { useEffect, useState } from 'preact/hooks';
import { DAY_MS } from './calendar-periods.ts';
import { fetchStores } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';
import type { Language, Session, Store } from './live-protocol.ts';
import type { PlansAnswer, SalesAnswer } from './manager-answers.ts';
import type { ManagerTranslation } from './manager-english.ts';
import { managerTranslationFor } from './manager-translations.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { ownCalendar } from './own-calendar.ts';
import { DAYS_SHOWN } from './period-choice.tsx';
import { type StoreChoice, storeChoice } from './store-choice.ts';
import { useAnswer } from './use-answer.ts';
import { useLanguage } from './use-language.ts';

/** What the panels of the manager page share. */
export interface ManagerDesk extends StoreChoice {
  readonly t: ManagerTranslation;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly setStoreId: (storeId: string) => void;
  readonly today: Date;
  /** Report query for the last `days` days in the calendar of the plans, and the chosen store; null until these are known. */
  readonly reportQuery: (days: number) => string | null;
  readonly figureText: (figure: string, value: number, currency: string | null) => string;
}

export function useManagerDesk(): ManagerDesk {
  const [language, setLanguage] = useLanguage();
  const [known, setKnown] = useState<readonly Store[]>([]);
  const [chosen, setStoreId] = useState('');
  const [today] = useState(() => new Date());
  const session = useAnswer<Session>('/v1/session');
  const plans = useAnswer<PlansAnswer>('/v1/plans');
  useEffect(() => {
    const load = () => void fetchStores().then(setKnown, () => {});
    load();
    return keyWanted.subscribe(load);
  }, []);
  const own = session.state === 'answered' ? session.answer.stores : null;
  const queryOf = (days: number, storeId: string) => {
    if (session.state === 'asking' || plans.state === 'asking') return null;
    // With a key that may not read the plans, days are counted in this browser's time zone.
    const { timeZone, dayEnds } = plans.state === 'answered' ? plans.answer : ownCalendar();
    const first = new Date(today.getTime() - (days - 1) * DAY_MS);
    const query = new URLSearchParams({
      from: dayIn(first, timeZone),
      tz: timeZone,
      dayEnds: String(dayEnds),
    });
    if (storeId !== '') query.set('storeId', storeId);
    return query.toString();
  };
  const everything = own === null ? queryOf(DAYS_SHOWN.month, '') : null;
  const sales = useAnswer<SalesAnswer>(
    everything && `/v1/reports/sales?${everything}&by=quarter&split=store`,
  );
  const rows = sales.state === 'answered' ? sales.answer.rows : [];
  const selling = rows.flatMap(({ part }) => part ?? []);
  const choice = storeChoice({ known, selling, own, chosen });
  return {
    ...choice,
    t: managerTranslationFor(language),
    language,
    setLanguage,
    setStoreId,
    today,
    reportQuery: (days) => queryOf(days, choice.storeId),
    figureText: (figure, value, currency) => {
      if (figure === 'attachRate' || figure === 'acceptance') return formatPercent(value, language);
      if (figure === 'transactions') return formatNumber(value, language, 2);
      return figure === 'items' ? formatNumber(value, language, 2) : formatMoney(value, language, currency);
    },
  };
}

/** The date in a time zone, as `2026-05-01`. */
function dayIn(date: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(date);
}
