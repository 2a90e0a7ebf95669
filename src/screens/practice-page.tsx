import './theme.css';
import './controls.css';
import './top-bar.css';
import './basket-panel.css';
import './agent-page.css';
import './practice-page.css';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { BasketPanel } from './basket-panel.tsx';
import { CallPrompt } from './call-prompt.tsx';
import { EventQueue } from './event-queue.ts';
import { askInPractice, fetchCurrentModel } from './gateway-api.ts';
import { localTimestamp, newId } from './identifiers.ts';
import { answerKeys, KeysDialog } from './keys-dialog.tsx';
import type { Product } from './live-protocol.ts';
import { MemoryTextStore } from './memory-text-store.ts';
import { formatNumber } from './number-format.ts';
import { PracticeButtons } from './practice-buttons.tsx';
import { startCall, type Temper } from './practice-call.ts';
import { PracticeConnection } from './practice-connection.ts';
import { CustomerRules, Feedback, TemperChoice } from './practice-panels.tsx';
import { PracticeTalk } from './practice-talk.tsx';
import { practiceTranslationFor } from './practice-words.ts';
import { applyPreferences, preferredLanguage } from './preferences.ts';
import { ProductCache } from './product-cache.ts';
import { ProductCatalogue } from './product-catalogue.ts';
import { Register } from './register.ts';
import { StatusLine } from './status-line.tsx';
import { TopBar } from './top-bar.tsx';
import { type Desk, useDesk } from './use-desk.ts';
import { usePracticeActs, usePracticeCall } from './use-practice-call.ts';
import { useShortcuts } from './use-shortcuts.ts';

const WISHES = 3;

function PracticePage({ register, catalogue }: { register: Register; catalogue: ProductCatalogue }) {
  const desk = useDesk(register, catalogue);
  const words = practiceTranslationFor(desk.language);
  const keysDialog = useRef<HTMLDialogElement>(null);
  const [isSurprise, setSurprise] = useState(false);
  const { call, isNext, begin, act, leave } = usePracticeCall(register);
  const shelf = useShelf(desk);
  useEffect(() => {
    document.title = `${words.title} · Basketlift`;
    register.speak(desk.language);
  }, [desk.language]);

  const start = (temper: Temper, isUnannounced: boolean) => {
    setSurprise(isUnannounced);
    begin(startCall(temper, someOf(shelf ?? [], WISHES)));
  };
  const acts = usePracticeActs(desk, call, act);
  useShortcuts({
    always: { F9: acts.order },
    single: {
      p: acts.pitch,
      r: acts.reason,
      l: acts.listen,
      a: acts.anythingElse,
      y: () => acts.settle('accepted'),
      n: () => acts.settle('declined'),
      s: () => acts.settle('not-offered'),
      '?': () => keysDialog.current?.showModal(),
    },
    code: () => {},
    search: useRef(null),
  });
  return (
    <div class="agent">
      <TopBar desk={desk} title={words.title} onKeys={() => keysDialog.current?.showModal()} />
      <main class="agent-main">
        <h1 class="hidden-label">Basketlift {words.title}</h1>
        <div class="practice">
          {!call && <TemperChoice words={words} shelf={shelf} isNext={isNext} onChoose={start} />}
          {call && <PracticeTalk words={words} call={call} />}
          {call && !call.endedBy && (
            <>
              <CallPrompt desk={desk} prompt={acts.prompt} onSettle={acts.settle} />
              <PracticeButtons words={words} acts={acts} />
            </>
          )}
          {call?.endedBy && (
            <Feedback
              words={words}
              call={call}
              formatSeconds={(seconds) => formatNumber(seconds, desk.language, 1)}
              onAgain={leave}
            />
          )}
        </div>
        {call && (
          <aside class="agent-side" aria-label={words.customer}>
            {(!isSurprise || call.endedBy) && <CustomerRules words={words} temper={call.temper} />}
            {!call.endedBy && <BasketPanel desk={desk} payLabel={desk.t.placeOrder} onPay={acts.order} />}
          </aside>
        )}
      </main>
      <StatusLine desk={desk} />
      <KeysDialog
        t={desk.t}
        dialog={keysDialog}
        help={[
          { keys: ['P'], does: words.sayIt },
          { keys: ['R'], does: words.giveReason },
          { keys: ['L'], does: words.listen },
          { keys: ['A'], does: words.anythingElse },
          ...answerKeys(desk.t),
          { keys: ['F9'], does: desk.t.placeOrder },
        ]}
      />
    </div>
  );
}

/** Products with a price that this store sells most, to be asked for; null until the gateway has told them. */
function useShelf({ catalogue, register }: Desk): readonly Product[] | null {
  const [shelf, setShelf] = useState<readonly Product[] | null>(null);
  const { storeId } = register.state;
  useEffect(() => {
    const controller = new AbortController();
    void catalogue.bestSellers(null, controller.signal).then(
      ({ products, fromMemory }) => {
        if (!fromMemory) setShelf(products.filter(({ unitPrice }) => unitPrice != null));
      },
      () => {},
    );
    return () => controller.abort();
  }, [storeId, register.status]);
  return shelf;
}

function someOf(shelf: readonly Product[], count: number): Product[] {
  const left = [...shelf];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [one] = left.splice(Math.floor(Math.random() * left.length), 1);
    return one!;
  });
}

function createPracticeRegister(): Register {
  const store = new MemoryTextStore();
  const register = new Register({
    channel: 'call',
    language: preferredLanguage(),
    store,
    queue: new EventQueue(store),
    hold: { isOurs: true },
    connect: (hooks) => new PracticeConnection({ ...hooks, ask: askInPractice, check: fetchCurrentModel }),
    newId,
    timestamp: () => localTimestamp(new Date()),
  });
  addEventListener('online', () => register.networkReturned());
  register.start();
  return register;
}

applyPreferences();
const register = createPracticeRegister();
const catalogue = new ProductCatalogue(new ProductCache(new MemoryTextStore()));
render(<PracticePage register={register} catalogue={catalogue} />, document.getElementById('page')!);
