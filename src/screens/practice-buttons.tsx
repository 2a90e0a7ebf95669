import type { PracticeTranslation } from './practice-words.ts';
import type { PracticeActs } from './use-practice-call.ts';

/** What the agent can say, beside recording an answer. */
export function PracticeButtons({ words, acts }: { words: PracticeTranslation; acts: PracticeActs }) {
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
