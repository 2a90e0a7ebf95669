import { currenciesOf, type Experiment, shareOfRevenue } from './experiment.ts';
import { currencyDigits } from './money.ts';

/** Factors from the metrics to what is stated, per 100 baskets or customers; null where money cannot be stated. */
export interface UpliftScales {
  readonly currencies: readonly string[];
  /** Currency of the money; null where there is none, or more than one. */
  readonly currency: string | null;
  readonly costKnownShare: number;
  readonly stockKnownShare: number;
  readonly money: number | null;
  readonly margin: number | null;
  readonly holding: number | null;
}

/** The scales for the money that these rows were paid in. */
export function scalesOf(
  experiment: Pick<Experiment, 'metrics' | 'costed' | 'held' | 'paidIn' | 'currencyNames'>,
): UpliftScales {
  const currencies = currenciesOf(experiment);
  const currency = currencies.length === 1 ? currencies[0]! : null;
  const costKnownShare = shareOfRevenue(experiment, experiment.costed);
  const stockKnownShare = shareOfRevenue(experiment, experiment.held);
  const money = moneyScale(currency);
  return {
    currencies,
    currency,
    costKnownShare,
    stockKnownShare,
    money,
    margin: costKnownShare > 0 ? money : null,
    holding: stockKnownShare > 0 ? money : null,
  };
}

/** From minor units per basket to major units per 100 baskets. */
function moneyScale(currency: string | null): number | null {
  return currency === null ? null : 100 / 10 ** currencyDigits(currency);
}
