import './theme.css';
import './controls.css';
import './top-bar.css';
import './basket-panel.css';
import './agent-page.css';
import './practice-page.css';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AnswerPace } from './answer-pace.ts';
import { BasketPanel } from './basket-panel.tsx';
import { CallPrompt, promptOf } from './call-prompt.tsx';
import { EventQueue } from './event-queue.ts';
import { askInPractice, fetchCurrentModel } from './gateway-api.ts';
import { localTimestamp, newId } from './identifiers.ts';
import { answerKeys, KeysDialog } from './keys-dialog.tsx';
import type { OfferResult, Product, Suggestion } from './live-protocol.ts';
import { MemoryTextStore } from './memory-text-store.ts';
import { formatNumber } from './number-format.ts';
import {
  continueCall,
  type PracticeAction,
  type PracticeCall,
  startCall,
  type Temper,
} from './practice-call.ts';
import { PracticeConnection } from './practice-connection.ts';
import { CustomerRules, Feedback, TemperChoice } from './practice-panels.tsx';
import { PracticeTalk } from './practice-talk.tsx';
import { type PracticeTranslation, practiceTranslationFor } from './practice-words.ts';
import { applyPreferences, preferredLanguage } from './preferences.ts';
import { ProductCache } from './product-cache.ts';
import { ProductCatalogue } from './product-catalogue.ts';
import { Register } from './register.ts';
import { StatusLine } from './status-line.tsx';
import { isPayable } from './till-state.ts';
import { TopBar } from './top-bar.tsx';
import { type Desk, useDesk } from './use-desk.ts';
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
  const acts = useActs(desk, call, act);
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
              <ActButtons words={words} acts={acts} />
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

/** The call, with its basket in the register. Keys may come faster than the page is drawn, so it is kept beside what is drawn. */
function usePracticeCall(register: Register) {
  const current = useRef<PracticeCall | null>(null);
  const [call, setCall] = useState<PracticeCall | null>(null);
  const [isNext, setNext] = useState(false);
  const proceed = (next: PracticeCall | null, askedBefore = 0) => {
    for (const wish of next?.wishes.slice(askedBefore, next.asked) ?? []) register.add(wish);
    current.current = next;
    setCall(next);
  };
  return {
    call,
    isNext,
    begin: (next: PracticeCall) => {
      register.dispatch({ type: 'basket-closed', nextBasketId: newId() });
      proceed(next);
    },
    act: (action: PracticeAction) => {
      const before = current.current;
      if (before) proceed(continueCall(before, action), before.asked);
    },
    leave: () => {
      setNext(true);
      proceed(null);
    },
  };
}

type Acts = ReturnType<typeof useActs>;

/** What the agent can do in a call, by key or by button. */
function useActs(desk: Desk, call: PracticeCall | null, act: (action: PracticeAction) => void) {
  const { register } = desk;
  const [pace] = useState(() => new AnswerPace());
  const prompt = call && !call.endedBy ? promptOf(desk) : null;
  const say = (type: 'pitch' | 'reason', wordsSaid: string) => {
    if (!prompt) return;
    const { productId } = prompt;
    act({ type, productId, words: wordsSaid, draw: Math.random(), atMs: performance.now() });
  };
  return {
    prompt,
    pitch: () => say('pitch', prompt?.pitch ?? ''),
    reason: () => say('reason', prompt ? reasonToSay(desk, prompt) : ''),
    listen: () => act({ type: 'listen' }),
    anythingElse: () => act({ type: 'anything-else' }),
    order: () => {
      if (isPayable(register.state)) act({ type: 'order' });
    },
    settle: (result: OfferResult) => {
      const nowMs = performance.now();
      if (!prompt || !pace.isMeant(nowMs)) return;
      act({ type: 'record', productId: prompt.productId, result, atMs: nowMs });
      register.settleOffer(prompt, result);
    },
  };
}

/** A customer hears nothing of stock. */
function reasonToSay(desk: Desk, prompt: Suggestion): string {
  return desk.reasonsInWords(prompt, 'till').join(' · ') || desk.t.reasonNeutral;
}

function ActButtons({ words, acts }: { words: PracticeTranslation; acts: Acts }) {
  const buttons = [
    { letter: 'P', label: words.sayIt, act: acts.pitch, isOff: !acts.prompt },
    { letter: 'R', label: words.giveReason, act: acts.reason, isOff: !acts.prompt },
    { letter: 'L', label: words.listen, act: acts.listen, isOff: false },
    { letter: 'A', label: words.anythingElse, act: acts.anythingElse, isOff: false },
  ];
  return (
    <div class="acts">
      {buttons.map(({ letter, label, act, isOff }) => (
        <button
          key={letter}
          type="button"
          class="button button-quiet"
          disabled={isOff}
          onClick={act}
          aria-keyshortcuts={letter}
          data-test={`act-${letter.toLowerCase()}`}
        >
          <span class="keycap" aria-hidden="true">
            {letter}
          </span>
          {label}
        </button>
      ))}
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
