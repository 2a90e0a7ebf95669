import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import { OpenTable } from './figure-table.tsx';
import type { UnmatchedAnswer, UnmatchedCounts } from './manager-answers.ts';
import { OfAllStores } from './of-all-stores.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

const LISTED_MAX = 50;
/** Products named of one event. */
const NAMED_MAX = 3;

interface UnmatchedEventsProps {
  readonly desk: ManagerDesk;
  readonly counts: UnmatchedCounts;
}

/**
 * The stored events of all stores that count nowhere or not by themselves, listed when it is opened. Renders nothing where there are none, or
 * for a key of some stores only.
 */
export function UnmatchedEvents({ desk, counts }: UnmatchedEventsProps) {
  const [isOpen, setOpen] = useState(false);
  const { suggestionEvents, refunds, receipts } = counts;
  if (!desk.mayBeAll || suggestionEvents + refunds + receipts === 0) return null;
  return (
    <details data-test="unmatched" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{desk.t.unmatched(suggestionEvents, refunds, receipts)}</summary>
      {isOpen && <UnmatchedList desk={desk} />}
    </details>
  );
}

function shortList(names: readonly string[], count: number): string {
  return names.slice(0, NAMED_MAX).join(', ') + (count > NAMED_MAX ? ' …' : '');
}

function UnmatchedList({ desk }: { desk: ManagerDesk }) {
  const { t, language } = desk;
  const asked = useAnswer<UnmatchedAnswer>(`/v1/reports/unmatched?limit=${LISTED_MAX}`);
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' });
  return (
    <AskedState t={t} asked={asked}>
      {({ events, next }) => (
        <>
          <OfAllStores desk={desk} />
          <OpenTable
            label={t.unmatchedList}
            test="unmatched-list"
            textColumns={6}
            columns={[t.received, t.said, t.why, t.basket, t.product, t.eventId]}
            rows={events.map((event) => [
              moment.format(new Date(event.receivedAt)),
              t.eventTypes[event.type] ?? event.type,
              t.unmatchedReasons[event.reason] ?? event.reason,
              event.basketId ?? '–',
              shortList(event.productIds, event.products),
              event.id,
            ])}
          />
          {next !== undefined && <p class="panel-quiet">{t.newestListed(LISTED_MAX)}</p>}
        </>
      )}
    </AskedState>
  );
}
