import type { Product } from './live-protocol.ts';
import { type PracticeCall, TEMPERS, type Temper } from './practice-call.ts';
import { feedbackOf } from './practice-feedback.ts';
import type { PracticeTranslation } from './practice-words.ts';
import { useFocused } from './use-focused.ts';

interface TemperChoiceProps {
  readonly words: PracticeTranslation;
  /** null until they are known. */
  readonly shelf: readonly Product[] | null;
  /** Whether a call has just ended. */
  readonly isNext: boolean;
  /** `isSurprise`: the agent is to find out who calls. */
  readonly onChoose: (temper: Temper, isSurprise: boolean) => void;
}

/** Whose call it is to be. */
export function TemperChoice({ words, shelf, isNext, onChoose }: TemperChoiceProps) {
  const heading = useFocused<HTMLHeadingElement>(isNext);
  const isReady = shelf !== null && shelf.length > 0;
  const any = () => onChoose(TEMPERS[Math.floor(Math.random() * TEMPERS.length)]!, true);
  return (
    <section class="tempers" aria-labelledby="tempers-title">
      <h2 id="tempers-title" ref={heading} tabIndex={-1}>
        {words.intro}
      </h2>
      <p>{words.introText}</p>
      {shelf?.length === 0 && (
        <p role="status" data-test="no-products">
          {words.noProducts}
        </p>
      )}
      <ul>
        {TEMPERS.map((temper) => (
          <li key={temper} class="temper">
            <button
              type="button"
              class="button button-accept"
              disabled={!isReady}
              onClick={() => onChoose(temper, false)}
              data-test={`temper-${temper}`}
            >
              {words.tempers[temper]}
            </button>
            <Reactions words={words} temper={temper} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="button button-quiet"
        disabled={!isReady}
        onClick={any}
        data-test="surprise"
      >
        {words.surprise}
      </button>
    </section>
  );
}

/** The rules by which this customer reacts, during the call. */
export function CustomerRules({ words, temper }: { words: PracticeTranslation; temper: Temper }) {
  return (
    <section class="customer-rules" aria-labelledby="customer-rules-title">
      <h2 id="customer-rules-title">{words.howTheyReact}</h2>
      <p>
        <strong>{words.tempers[temper]}</strong>
      </p>
      <Reactions words={words} temper={temper} />
    </section>
  );
}

function Reactions({ words, temper }: { words: PracticeTranslation; temper: Temper }) {
  return (
    <ul class="reactions">
      {words.reacts[temper].map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

interface FeedbackProps {
  readonly words: PracticeTranslation;
  readonly call: PracticeCall;
  readonly formatSeconds: (seconds: number) => string;
  readonly onAgain: () => void;
}

/** What happened, against the rules; no score. */
export function Feedback({ words, call, formatSeconds, onAgain }: FeedbackProps) {
  const heading = useFocused<HTMLHeadingElement>();
  const { rules, offered, accepted, leftOut, secondsToRecord } = feedbackOf(call);
  const verdict = (isKept: boolean | null) =>
    isKept === null ? words.noOccasion : isKept ? words.kept : words.broken;
  return (
    <section class="feedback" aria-labelledby="feedback-title" data-test="feedback">
      <h2 id="feedback-title" ref={heading} tabIndex={-1}>
        {words.feedback}
      </h2>
      <p>{call.endedBy === 'customer' ? words.endedByCustomer : words.endedByYou}</p>
      <ul class="feedback-rules">
        {rules.map(({ rule, isKept }) => (
          <li key={rule} data-rule={rule} data-kept={String(isKept)}>
            <span class="feedback-mark">{verdict(isKept)}</span>
            <span>{words.rules[rule]}</span>
          </li>
        ))}
      </ul>
      <dl class="feedback-counts">
        <Count label={words.offered} text={String(offered)} />
        <Count label={words.accepted} text={String(accepted)} />
        <Count label={words.leftOut} text={String(leftOut)} />
        {secondsToRecord !== null && (
          <Count label={words.secondsToRecord} text={formatSeconds(secondsToRecord)} />
        )}
      </dl>
      <button type="button" class="button button-accept" onClick={onAgain} data-test="again">
        {words.newCall}
      </button>
    </section>
  );
}

function Count({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </div>
  );
}
