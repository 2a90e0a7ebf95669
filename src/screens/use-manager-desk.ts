import { useEffect, useState } from 'preact/hooks';
import { fetchStores } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';
import type { Language, Store } from './live-protocol.ts';
import type { PlansAnswer } from './manager-answers.ts';
import type { ManagerTranslation } from './manager-english.ts';
import { managerTranslationFor } from './manager-translations.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { ownCalendar } from './own-calendar.ts';
import { useAnswer } from './use-answer.ts';
import { useLanguage } from './use-language.ts';

/** What the panels of the manager's page share. */
export interface ManagerDesk {
  readonly t: ManagerTranslation;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly stores: readonly Store[];
  readonly storeId: string;
  readonly setStoreId: (storeId: string) => void;
  readonly today: Date;
  /** The last days in the calendar of the plans, and the chosen store, as the reports take them; null until that is known. */
  readonly reportQuery: (days: number) => string | null;
  readonly figureText: (figure: string, value: number, currency: string | null) => string;
}

const DAY_MS = 86_400_000;

export function useManagerDesk(): ManagerDesk {
  const [language, setLanguage] = useLanguage();
  const [stores, setStores] = useState<readonly Store[]>([]);
  const [storeId, setStoreId] = useState('');
  const [today] = useState(() => new Date());
  const plans = useAnswer<PlansAnswer>('/v1/plans');
  useEffect(() => {
    const load = () => void fetchStores().then(setStores, () => {});
    load();
    return keyWanted.subscribe(load);
  }, []);
  return {
    ...{ t: managerTranslationFor(language), language, stores, storeId, setStoreId, today },
    setLanguage,
    reportQuery: (days) => {
      if (plans.state === 'asking') return null;
      // A key that may not read the plans sees the days of this screen's own zone.
      const { timeZone, dayEnds } = plans.state === 'answered' ? plans.answer : ownCalendar();
      const first = new Date(today.getTime() - (days - 1) * DAY_MS);
      const query = new URLSearchParams({
        from: dayIn(first, timeZone),
        tz: timeZone,
        dayEnds: String(dayEnds),
      });
      if (storeId !== '') query.set('storeId', storeId);
      return query.toString();
    },
    figureText: (figure, value, currency) => {
      if (figure === 'attachRate' || figure === 'acceptance') return formatPercent(value, language);
      if (figure === 'transactions') return formatNumber(value, language, 0);
      return figure === 'items' ? formatNumber(value, language, 2) : formatMoney(value, language, currency);
    },
  };
}

/** `2026-05-01` in a time zone. */
function dayIn(date: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(date);
}
