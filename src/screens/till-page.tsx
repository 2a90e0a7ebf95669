import './theme.css';
import './controls.css';
import './top-bar.css';
import './suggestion-strip.css';
import './product-picker.css';
import './basket-panel.css';
import './till-page.css';
import { type RefObject, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { BasketPanel } from './basket-panel.tsx';
import { createRegister } from './create-register.ts';
import { basketKeys, KeysDialog } from './keys-dialog.tsx';
import { lineKeys } from './line-keys.ts';
import type { OfferResult } from './live-protocol.ts';
import type { OfferGuard } from './offer-guard.ts';
import { applyPreferences, preferredLanguage } from './preferences.ts';
import { ProductCache } from './product-cache.ts';
import { ProductCatalogue } from './product-catalogue.ts';
import { ProductPicker } from './product-picker.tsx';
import type { Register } from './register.ts';
import { StatusLine } from './status-line.tsx';
import { SuggestionStrip } from './suggestion-strip.tsx';
import { TakenOver } from './taken-over.tsx';
import { itemCountOf, totalOf } from './till-state.ts';
import { TopBar } from './top-bar.tsx';
import { type Desk, useDesk } from './use-desk.ts';
import { useOfferGuard } from './use-offer-guard.ts';
import { useProducts } from './use-products.ts';
import { useShortcuts } from './use-shortcuts.ts';

function TillPage({ register, catalogue }: { register: Register; catalogue: ProductCatalogue }) {
  const desk = useDesk(register, catalogue);
  const { t, money } = desk;
  const searchField = useRef<HTMLInputElement>(null);
  const keysDialog = useRef<HTMLDialogElement>(null);
  const [isBasketOpen, setBasketOpen] = useState(false);

  useEffect(() => register.speak(desk.language), [desk.language]);
  useEffect(() => {
    document.title = `${t.till} · Basketlift`;
  }, [t]);
  const pick = useProducts(desk);
  const guard = useOfferGuard(register.state);
  useTillShortcuts(desk, guard, pick.scan, searchField, keysDialog);

  return (
    <div class="till" data-view={isBasketOpen ? 'basket' : 'products'}>
      <TopBar desk={desk} title={t.till} onKeys={() => keysDialog.current?.showModal()} />
      <main class="till-main">
        <h1 class="hidden-label">Basketlift {t.till}</h1>
        <SuggestionStrip desk={desk} guard={guard} />
        <ProductPicker desk={desk} pick={pick} searchField={searchField} />
        <BasketPanel desk={desk} payLabel={t.pay} onPay={() => desk.entry.pay()} />
      </main>
      <StatusLine desk={desk} />
      <nav class="phone-bar">
        <button type="button" class="button button-quiet" onClick={() => setBasketOpen(!isBasketOpen)}>
          {isBasketOpen ? t.showProducts : t.showBasket}
        </button>
        <span class="phone-bar-total">
          {t.itemCount(itemCountOf(register.state))} <strong>{money(totalOf(register.state))}</strong>
        </span>
      </nav>
      <TakenOver desk={desk} />
      <KeysDialog
        t={t}
        dialog={keysDialog}
        help={[
          { keys: ['1', '2'], does: t.keyAccept },
          { keys: ['Shift', '1–2'], does: t.keyDecline },
          ...basketKeys(t, t.keySearch, t.pay),
        ]}
      />
    </div>
  );
}

function useTillShortcuts(
  desk: Desk,
  guard: OfferGuard,
  scan: (code: string) => void,
  search: RefObject<HTMLInputElement>,
  keysDialog: RefObject<HTMLDialogElement>,
): void {
  const { register, entry } = desk;
  // The offers on the screen when the key is pressed: another offer may be in that place when the key takes effect.
  const { slots } = register.state;
  const settle = (result: OfferResult) => (place: number, pressedMs: number) => {
    const suggestion = slots[place - 1];
    if (suggestion && guard.isMeant(suggestion.productId, pressedMs))
      register.settleOffer(suggestion, result);
  };
  useShortcuts({
    always: { F9: () => entry.pay() },
    single: { ...lineKeys(register), '?': () => keysDialog.current?.showModal() },
    digit: settle('accepted'),
    shiftDigit: settle('declined'),
    code: scan,
    search,
    lettersSearch: true,
  });
}

applyPreferences();
const register = createRegister('till', preferredLanguage());
const catalogue = new ProductCatalogue(new ProductCache(localStorage));
catalogue.useStore(register.state.storeId);
render(<TillPage register={register} catalogue={catalogue} />, document.getElementById('page')!);
