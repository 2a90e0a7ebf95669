import { useRef, useState } from 'preact/hooks';
import { AnswerPace } from './answer-pace.ts';
import { promptOf } from './call-prompt.tsx';
import { newId } from './identifiers.ts';
import type { OfferResult, Suggestion } from './live-protocol.ts';
import { continueCall, type PracticeAction, type PracticeCall } from './practice-call.ts';
import type { Register } from './register.ts';
import { isPayable } from './till-state.ts';
import type { Desk } from './use-desk.ts';

/** The call, with its basket in the register. Keys may come faster than the page is drawn, so it is kept beside what is drawn. */
export function usePracticeCall(register: Register) {
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

export type PracticeActs = ReturnType<typeof usePracticeActs>;

/** What the agent can do in a call, by key or by button. */
export function usePracticeActs(
  desk: Desk,
  call: PracticeCall | null,
  act: (action: PracticeAction) => void,
) {
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
