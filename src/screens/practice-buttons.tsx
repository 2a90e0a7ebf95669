import { KeyButton } from './key-button.tsx';
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
        <KeyButton
          key={letter}
          letter={letter}
          label={label}
          kind="quiet"
          isOff={isOff}
          onPress={act}
          test={`act-${letter.toLowerCase()}`}
        />
      ))}
    </div>
  );
}
