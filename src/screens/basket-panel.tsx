import { useEffect, useRef } from 'preact/hooks';
import { keepFocusNear } from './keep-focus-near.ts';
import { type BasketLine, isPayable, itemCountOf, totalOf } from './till-state.ts';
import type { Desk } from './use-desk.ts';

export function BasketPanel({ desk, payLabel, onPay }: { desk: Desk; payLabel: string; onPay: () => void }) {
  const { register, t, money } = desk;
  const { state } = register;
  return (
    <section class="basket" aria-labelledby="basket-title" tabIndex={-1}>
      <div class="basket-head">
        <h2 id="basket-title">{t.basket}</h2>
        <span class="basket-count" data-test="item-count">
          {t.itemCount(itemCountOf(state))}
        </span>
      </div>
      {state.lines.length === 0 ? (
        <EmptyBasket desk={desk} />
      ) : (
        <ul class="basket-lines" data-test="lines">
          {state.lines.map((line) => (
            <BasketRow key={line.productId} desk={desk} line={line} />
          ))}
        </ul>
      )}
      <div class="basket-foot">
        <p class="basket-total">
          <span>{t.total}</span>
          <strong data-test="total">{money(totalOf(state))}</strong>
        </p>
        <button
          type="button"
          class="button button-pay"
          disabled={!isPayable(state)}
          onClick={onPay}
          data-test="pay"
        >
          {payLabel}
          <span class="keycap" aria-hidden="true">
            F9
          </span>
        </button>
      </div>
    </section>
  );
}

function EmptyBasket({ desk: { register, t, money } }: { desk: Desk }) {
  const { receipt } = register;
  const isCall = register.channel === 'call';
  return (
    <div class="basket-empty" role="status">
      {receipt ? (
        <>
          <svg class="basket-paid-mark" viewBox="0 0 48 48" aria-hidden="true">
            <circle cx="24" cy="24" r="20" />
            <path d="m15 24.5 6.5 6.5L33.5 18" />
          </svg>
          <p class="basket-paid" data-test="receipt">
            {isCall ? t.ordered(money(receipt.total)) : t.paid(money(receipt.total))}
          </p>
          <p>{receipt.wasConnected ? (isCall ? t.nextCall : t.paidOnline) : t.paidOffline}</p>
        </>
      ) : (
        <>
          <p class="basket-paid">{t.emptyBasket}</p>
          <p>{t.emptyBasketHint}</p>
        </>
      )}
    </div>
  );
}

function BasketRow({ desk, line }: { desk: Desk; line: BasketLine }) {
  const { register, t, money } = desk;
  const { productId, name, quantity, unitPrice } = line;
  const row = useRef<HTMLLIElement>(null);
  const isSelected = register.state.selectedProductId === productId;
  const setQuantity = (next: number) => {
    if (next === 0) keepFocusNear(row.current);
    register.dispatch({ type: 'quantity-set', productId, quantity: next });
  };
  useEffect(() => {
    if (isSelected && row.current) scrollIntoList(row.current);
  }, [isSelected, quantity]);
  return (
    <li
      ref={row}
      class={isSelected ? 'line line-selected' : 'line'}
      aria-current={isSelected ? 'true' : undefined}
      data-test="line"
      data-product={productId}
    >
      <span class="line-name">{name}</span>
      {unitPrice === null ? (
        <PriceField desk={desk} line={line} />
      ) : (
        <span class="line-unit">
          {money(unitPrice)} {t.each}
        </span>
      )}
      <span class="line-controls">
        <button
          type="button"
          class="line-remove"
          onClick={() => setQuantity(0)}
          aria-label={t.removeName(name)}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m7 7 10 10M17 7 7 17" />
          </svg>
        </button>
        <span class="stepper">
          <button type="button" onClick={() => setQuantity(quantity - 1)} aria-label={t.oneLess(name)}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 12h12" />
            </svg>
          </button>
          <span class="stepper-count" data-test="quantity">
            {quantity}
          </span>
          <button type="button" onClick={() => setQuantity(quantity + 1)} aria-label={t.oneMore(name)}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 12h12M12 6v12" />
            </svg>
          </button>
        </span>
      </span>
      <span class="line-total">{unitPrice === null ? '—' : money(unitPrice * quantity)}</span>
    </li>
  );
}

/** Scrolls only the list: on a phone, the page must stay at the next prompt or suggestion. */
function scrollIntoList(row: HTMLElement): void {
  const list = row.parentElement!;
  const lowest = row.offsetTop + row.offsetHeight - list.clientHeight;
  list.scrollTop = Math.min(row.offsetTop, Math.max(list.scrollTop, lowest));
}

function PriceField({ desk: { register, t }, line }: { desk: Desk; line: BasketLine }) {
  const setPrice = (text: string) => {
    const unitPrice = Number(text.replace(',', '.'));
    if (text.trim() !== '' && Number.isFinite(unitPrice))
      register.dispatch({ type: 'price-set', productId: line.productId, unitPrice });
  };
  return (
    <input
      class="line-price"
      inputMode="decimal"
      placeholder={t.price}
      aria-label={t.priceFor(line.name)}
      onChange={(event) => setPrice(event.currentTarget.value)}
    />
  );
}
