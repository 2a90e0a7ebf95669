import { textOfDay } from '../ledger/instant.ts';
import { alignedLines } from './print-report.ts';
import type { SimulationRun } from './simulate.ts';

/** What was simulated, what is true of it and what the reports say, for a terminal. */
export function simulationText({ options, trade, check, repeated }: SimulationRun): string {
  const { catalogue, seed, days, firstDay, stores, agents } = options;
  const { baskets, offers, customersLost } = trade.truth;
  const word = (is: boolean | null) => (is === null ? '-' : is ? 'yes' : 'no');
  const lines = [
    `seed ${seed}: ${counted(days, 'day')} from ${textOfDay(firstDay)}, ${counted(stores.length, 'store')}, ${counted(agents, 'agent')}, model ${catalogue.modelVersion}`,
    `${baskets.treatment} baskets with offers, ${baskets.holdout} held out; ${offers.accepted} offers accepted, ` +
      `${offers.declined} declined, ${offers.notOffered} not said; ${customersLost} customers lost`,
    ...(repeated > 0 ? [`${repeated} requests were sent again`] : []),
    '',
    ...alignedLines({
      columns: ['sales', 'truth', 'report', 'equal'],
      rows: check.sales.map(({ figure, truth, reported, isEqual }) => [
        figure,
        truth,
        reported,
        word(isEqual),
      ]),
    }),
    '',
    ...alignedLines({
      columns: ['increase per 100 baskets', 'truth', 'report', 'low', 'high', 'contains the truth'],
      rows: check.increases.map(({ figure, truth, reported, contains }) => [
        figure === 'holdingSaved' ? 'holding cost saved' : figure,
        truth,
        reported?.estimate ?? null,
        reported?.low ?? null,
        reported?.high ?? null,
        word(contains),
      ]),
    }),
    '',
    `money in ${check.currency}; an interval of 95 % misses the truth once in twenty times`,
    ...check.notes,
  ];
  return `${lines.join('\n')}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
