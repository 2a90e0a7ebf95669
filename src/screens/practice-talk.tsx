import { useEffect, useRef } from 'preact/hooks';
import type { PracticeCall, Spoken } from './practice-call.ts';
import type { PracticeTranslation } from './practice-words.ts';
import { useFocused } from './use-focused.ts';

/** All that was said in a call, the newest at the end and in sight. */
export function PracticeTalk({ words, call }: { words: PracticeTranslation; call: PracticeCall }) {
  const list = useRef<HTMLOListElement>(null);
  const heading = useFocused<HTMLHeadingElement>();
  // The choice of customers may have been scrolled; a call begins at the top.
  useEffect(() => scrollTo(0, 0), []);
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [call.said.length]);
  return (
    <section class="talk" aria-labelledby="talk-title">
      <h2 id="talk-title" ref={heading} tabIndex={-1}>
        {words.call}
      </h2>
      <ol class="talk-lines" ref={list} aria-live="polite" data-test="talk">
        {call.said.map((spoken, at) => (
          <li key={at} class={`talk-line talk-${spoken.by}`} data-remark={spoken.remark}>
            <span class="talk-who">{spoken.by === 'agent' ? words.you : words.customer}</span>
            <q>{textOf(spoken, call, words)}</q>
          </li>
        ))}
      </ol>
    </section>
  );
}

function textOf(spoken: Spoken, { temper }: PracticeCall, words: PracticeTranslation): string {
  const { about = '' } = spoken;
  if (spoken.by === 'customer')
    return words.customerSays[temper][spoken.remark].replace('{name}', () => about);
  return spoken.remark === 'pitch' || spoken.remark === 'reason' ? about : words.agentSays[spoken.remark];
}
