import { lookUpCustomer } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';
import { formatDays } from './number-format.ts';
import { periodName } from './period-name.ts';
import type { Desk } from './use-desk.ts';
import { useLookedUp } from './use-looked-up.ts';

const BUYS_AGAIN_SHOWN = 3;
/** Window height in pixels from which the card is open by default: a basket of several lines still fits. */
const ROOMY_HEIGHT = 900;

/** What is known, with consent, about the caller: the last visit, when the next one is due, what is bought again, and what goes with it. */
export function CustomerCard({ desk: { register, t, language } }: { desk: Desk }) {
  const { customerId, mayPersonalise, basketId } = register.state;
  const subject = customerId !== '' && mayPersonalise ? customerId : null;
  const customer = useLookedUp(subject, `${basketId} ${register.status} ${keyWanted.logIns}`, lookUpCustomer);
  if (!customer?.known) return null;
  const { lastVisit, daysSinceLast, usualGapDays, dueOn, segment, buysAgain } = customer;
  const days = (count: number) => formatDays(count, language);
  const day = (date: string) => periodName(date, language);
  return (
    <details class="customer-card" open={innerHeight >= ROOMY_HEIGHT} data-test="customer-card">
      <summary>
        <span class="hidden-label">{t.thisCustomer}</span>
        <strong>{t.segments[segment]}</strong>
        <span class="customer-summary">
          {t.dueOn(day(dueOn))} · {t.lastVisit(day(lastVisit))}
        </span>
      </summary>
      <p>
        {t.lastVisitDays(day(lastVisit), days(daysSinceLast))}
        {usualGapDays !== null && ` · ${t.usually(days(usualGapDays))}`}
      </p>
      {buysAgain.length > 0 && (
        <ul aria-label={t.buysAgain}>
          {buysAgain.slice(0, BUYS_AGAIN_SHOWN).map(({ productId, name, visits, goesWith }) => (
            <li key={productId}>
              {t.boughtAgain(name ?? productId, visits)}
              {goesWith[0] && <span> {t.goesWith(goesWith[0].name)}</span>}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
