import type { BestsAnswer } from './agent-answers.ts';
import { fetchReport } from './gateway-api.ts';
import { keyWanted } from './key-wanted.ts';
import { formatMoney, formatNumber } from './number-format.ts';
import { ownCalendar } from './own-calendar.ts';
import { periodName } from './period-name.ts';
import type { Desk } from './use-desk.ts';
import { useLookedUp } from './use-looked-up.ts';

/** The agent's best day so far, and how today compares with it. Renders nothing while there is no record. */
export function BestLine({ desk: { register, t, language } }: { desk: Desk }) {
  const { agentId, basketId } = register.state;
  const subject = agentId === '' ? null : agentId;
  const answer = useLookedUp(subject, `${basketId} ${register.status} ${keyWanted.logIns}`, fetchBests);
  const best = answer?.day.best.transactions;
  if (!answer || !best) return null;
  const { now, best: bests } = answer.day;
  // There is room for only one currency: the first by code.
  const [money] = bests.upsell;
  const amount = (revenue: number) => formatMoney(revenue, language, money?.currency ?? null);
  const count = (orders: number) => formatNumber(orders, language, 2);
  const today = now.upsell.find(({ currency }) => currency === money?.currency)?.revenue ?? 0;
  return (
    <span class="best-line" data-test="bests">
      {t.bestDay(count(best.value), periodName(best.period, language), count(now.transactions))}
      {money && ` ${t.bestUpsell(amount(money.revenue), periodName(money.period, language), amount(today))}`}
    </span>
  );
}

function fetchBests(agentId: string, signal: AbortSignal): Promise<BestsAnswer> {
  const { timeZone, dayEnds } = ownCalendar();
  const query = new URLSearchParams({ tz: timeZone, dayEnds: String(dayEnds) });
  return fetchReport(`/v1/agents/${encodeURIComponent(agentId)}/bests?${query}`, signal);
}
