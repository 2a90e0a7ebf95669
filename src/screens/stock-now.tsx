import { DAY_MS } from './calendar-periods.ts';
import { FigureTable } from './figure-table.tsx';
import type { InventoryAnswer, WaitingProduct } from './manager-answers.ts';
import { formatDays, formatMoney, formatNumber } from './number-format.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

interface StockNowProps {
  readonly desk: ManagerDesk;
  readonly answer: InventoryAnswer;
}

interface StockTableProps extends StockFormats {
  readonly t: ManagerDesk['t'];
  readonly now: InventoryAnswer['now'];
}

/** Formats of the figures; null is shown as not known. */
interface StockFormats {
  readonly number: (value: number | null, digitsMax: number) => string;
  readonly money: (value: number | null) => string;
  readonly storeName: (storeId: string) => string;
}

/** The stock at this moment: what there is, what is not known about it, and what has waited longest. */
export function StockNow({ desk, answer: { now, currency } }: StockNowProps) {
  const { t, language, today } = desk;
  const { total, stores } = now;
  if (total.products === 0) return <p class="panel-quiet">{t.noStock}</p>;
  const formats = formatsOf(desk, currency);
  const { number, money } = formats;
  const { onHand, cost, demand } = total.unknown;
  return (
    <>
      <p data-test="stock-now">
        {t.stockNow(
          money(total.stockValue),
          money(total.holdingCostPerYear),
          number(total.products, 0),
          stores.length,
        )}
      </p>
      {total.unitsAtRisk !== null && (
        <p>{t.stockAtRisk(number(total.unitsAtRisk, 0), money(total.valueAtRisk))}</p>
      )}
      {onHand + cost + demand > 0 && (
        <p class="panel-quiet" data-test="stock-unknown">
          {t.stockUnknown(onHand, cost, demand)}
        </p>
      )}
      {total.oldestAsOf !== null && (
        <p class="panel-quiet">
          {t.stockAge(
            formatDays(Math.max(0, today.getTime() - Date.parse(total.oldestAsOf)) / DAY_MS, language),
          )}
        </p>
      )}
      <LongestWaiting t={t} now={now} {...formats} />
      <StockByStore t={t} now={now} {...formats} />
    </>
  );
}

function formatsOf({ t, language, stores }: ManagerDesk, currency: string | null): StockFormats {
  return {
    number: (value, digitsMax) => (value === null ? t.unknownFact : formatNumber(value, language, digitsMax)),
    money: (value) => (value === null ? t.unknownFact : formatMoney(value, language, currency)),
    storeName: (storeId) => stores.find(({ id }) => id === storeId)?.name ?? storeId,
  };
}

function LongestWaiting({ t, now, number, money, storeName }: StockTableProps) {
  const wait = ({ daysOfSupply, unknown }: WaitingProduct) =>
    daysOfSupply === null && !unknown.includes('demand') ? t.noDemand : number(daysOfSupply, 0);
  return (
    <FigureTable
      label={t.longestWaiting}
      test="waiting"
      textColumns={2}
      columns={[
        t.product,
        t.store,
        t.stockFigures.daysOfSupply,
        t.onHand,
        t.perDay,
        t.excessUnits,
        t.stockFigures.averageValue,
        t.holdingCostPerYear,
      ]}
      rows={now.products.map((product) => [
        product.name ?? product.productId,
        storeName(product.storeId),
        wait(product),
        number(product.onHand, 1),
        number(product.demandPerDay, 3),
        number(product.excessUnits, 1),
        money(product.stockValue),
        money(product.holdingCostPerYear),
      ])}
    />
  );
}

function StockByStore({ t, now, number, money, storeName }: StockTableProps) {
  return (
    <FigureTable
      label={t.stockByStore}
      test="stock-stores"
      textColumns={1}
      columns={[
        t.store,
        t.products,
        t.stockOuts,
        t.stockFigures.daysOfSupply,
        t.stockFigures.averageValue,
        t.excessValue,
        t.stockFigures.holdingCostPerDay,
      ]}
      rows={now.stores.map((store) => [
        storeName(store.storeId),
        number(store.products, 0),
        number(store.stockOuts, 0),
        number(store.daysOfSupply, 0),
        money(store.stockValue),
        money(store.excessValue),
        money(store.holdingCostPerDay),
      ])}
    />
  );
}
