import { useState } from 'preact/hooks';
import { OpenTable } from './figure-table.tsx';
import type { UnmatchedAnswer, UnmatchedCounts } from './manager-answers.ts';
import { OfAllStores } from './of-all-stores.tsx';
import type { ManagerDesk } from './use-manager-desk.ts';
import { usePages } from './use-pages.ts';

const PAGE_EVENTS = 50;
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
  const { pages, state, hasOlder, isPaged, readOlder } = usePages<UnmatchedAnswer>(
    `/v1/reports/unmatched?limit=${PAGE_EVENTS}`,
  );
  const events = pages.flatMap((page) => page.events);
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short' });
  return (
    <>
      <OfAllStores desk={desk} />
      {pages.length > 0 && (
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
      )}
      <p class="panel-quiet" role="status" data-test="unmatched-state">
        {state !== 'answered' ? t[state] : isPaged && t.listed(events.length, hasOlder)}
      </p>
      {(isPaged || state === 'failed') && (
        // Stays, so that it keeps the focus while a page is read and after the last one.
        <button
          type="button"
          class="button button-quiet"
          aria-disabled={!hasOlder && state !== 'failed'}
          onClick={readOlder}
          data-test="older"
        >
          {t.older}
        </button>
      )}
    </>
  );
}
