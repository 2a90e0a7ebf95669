import type { CustomerFigures } from './manager-answers.ts';
import { formatMoney, formatNumber } from './number-format.ts';
import { UpliftInterval } from './uplift-interval.tsx';
import type { ManagerDesk } from './use-manager-desk.ts';

interface UpliftCustomersProps {
  readonly desk: ManagerDesk;
  readonly figures: CustomerFigures;
  readonly currency: string | null;
}

/** What offers did to customers over all their baskets, if whole customers are held out. */
export function UpliftCustomers({ desk: { t, language }, figures, currency }: UpliftCustomersProps) {
  const { customers, incremental } = figures;
  const count = (value: number) => formatNumber(value, language, 0);
  const number = (value: number) => formatNumber(value, language, 1);
  const money = (value: number) => formatMoney(value, language, currency);
  return (
    <section class="panel-part" aria-labelledby="uplift-customers-title" data-test="uplift-customers">
      <h3 id="uplift-customers-title">{t.upliftCustomers}</h3>
      <p class="panel-quiet">{t.upliftCustomersText}</p>
      <ul class="intervals">
        <UpliftInterval
          t={t}
          label={t.basketCount}
          interval={incremental.basketsPer100Customers}
          format={number}
        />
        <UpliftInterval t={t} label={t.margin} interval={incremental.marginPer100Customers} format={money} />
        <UpliftInterval
          t={t}
          label={t.revenue}
          interval={incremental.revenuePer100Customers}
          format={money}
        />
      </ul>
      <p class="panel-quiet">{t.customersOfArms(count(customers.treatment), count(customers.holdout))}</p>
    </section>
  );
}
