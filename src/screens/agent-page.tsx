import './theme.css';
import './controls.css';
import './top-bar.css';
import './product-picker.css';
import './basket-panel.css';
import './agent-page.css';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AnswerPace } from './answer-pace.ts';
import { BasketPanel } from './basket-panel.tsx';
import { BestLine } from './best-line.tsx';
import { CallPrompt, promptOf } from './call-prompt.tsx';
import { CallerFields } from './caller-fields.tsx';
import { createRegister } from './create-register.ts';
import { CustomerCard } from './customer-card.tsx';
import { answerKeys, basketKeys, KeysDialog } from './keys-dialog.tsx';
import { lineKeys } from './line-keys.ts';
import type { OfferResult } from './live-protocol.ts';
import { applyPreferences, preferredLanguage } from './preferences.ts';
import { ProductCache } from './product-cache.ts';
import { ProductCatalogue } from './product-catalogue.ts';
import { ProductPicker } from './product-picker.tsx';
import type { Register } from './register.ts';
import { StatusLine } from './status-line.tsx';
import { TakenOver } from './taken-over.tsx';
import { TopBar } from './top-bar.tsx';
import { useDesk } from './use-desk.ts';
import { useProducts } from './use-products.ts';
import { useShortcuts } from './use-shortcuts.ts';

function AgentPage({ register, catalogue }: { register: Register; catalogue: ProductCatalogue }) {
  const desk = useDesk(register, catalogue);
  const { t } = desk;
  const searchField = useRef<HTMLInputElement>(null);
  const keysDialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    document.title = `${t.agent} · Basketlift`;
  }, [t]);

  const pick = useProducts(desk);
  const prompt = promptOf(desk);
  const [pace] = useState(() => new AnswerPace());
  const settle = (result: OfferResult) => {
    if (prompt && pace.isMeant(performance.now())) register.settleOffer(prompt, result);
  };
  const placeOrder = () => {
    takeInWhatIsTyped();
    desk.entry.pay();
  };
  useShortcuts({
    always: { F9: placeOrder },
    single: {
      ...lineKeys(register),
      y: () => settle('accepted'),
      n: () => settle('declined'),
      s: () => settle('not-offered'),
      '?': () => keysDialog.current?.showModal(),
    },
    code: pick.scan,
    search: searchField,
  });
  return (
    <div class="agent">
      <TopBar desk={desk} title={t.agent} onKeys={() => keysDialog.current?.showModal()} />
      <main class="agent-main">
        <h1 class="hidden-label">Basketlift {t.agent}</h1>
        <CallPrompt desk={desk} prompt={prompt} onSettle={settle} />
        <ProductPicker desk={desk} pick={pick} searchField={searchField} />
        <aside class="agent-side" aria-label={t.customer}>
          <CallerFields desk={desk} />
          <CustomerCard desk={desk} />
          <BasketPanel desk={desk} payLabel={t.placeOrder} onPay={placeOrder} />
        </aside>
      </main>
      <StatusLine desk={desk}>
        <BestLine desk={desk} />
      </StatusLine>
      <TakenOver desk={desk} />
      <KeysDialog
        t={t}
        dialog={keysDialog}
        help={[...answerKeys(t), ...basketKeys(t, t.keySearchOnly, t.placeOrder)]}
      />
    </div>
  );
}

/** A field's value takes effect on blur. A shortcut key does not blur the field, so this does. */
function takeInWhatIsTyped(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

applyPreferences();
const register = createRegister('call', preferredLanguage());
const catalogue = new ProductCatalogue(new ProductCache(localStorage));
catalogue.useStore(register.state.storeId);
render(<AgentPage register={register} catalogue={catalogue} />, document.getElementById('page')!);
