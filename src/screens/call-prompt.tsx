import { useEffect } from 'preact/hooks';
import { KeyButton } from './key-button.tsx';
import type { OfferResult, Suggestion } from './live-protocol.ts';
import type { Desk } from './use-desk.ts';

interface CallPromptProps {
  readonly desk: Desk;
  readonly prompt: Suggestion | null;
  readonly onSettle: (result: OfferResult) => void;
}

/** The suggestion to offer now: the first one with a reason that can be shown to the agent. */
export function promptOf(desk: Desk): Suggestion | null {
  const { slots } = desk.register.state;
  return slots.find((slot) => slot !== null && desk.reasonsInWords(slot).length > 0) ?? null;
}

/** The sentence to say now, the reasons for it, and the three possible answers. */
export function CallPrompt({ desk, prompt, onSettle }: CallPromptProps) {
  const { register, t } = desk;
  useEffect(() => {
    if (prompt) register.shown(prompt);
  }, [register.state.answer?.decisionId, prompt?.productId]);
  return (
    <section
      class={prompt ? 'prompt' : 'prompt prompt-silent'}
      aria-labelledby="prompt-title"
      data-test="prompt"
      data-decision={register.state.answer?.decisionId ?? ''}
    >
      <h2 id="prompt-title" class="prompt-title">
        {t.sayThis}
      </h2>
      {prompt ? (
        <div class="prompt-text" key={prompt.productId} data-product={prompt.productId} aria-live="polite">
          <p class="prompt-pitch" lang={register.language} data-test="pitch">
            {prompt.pitch}
          </p>
          <PromptFacts desk={desk} prompt={prompt} reasons={desk.reasonsInWords(prompt)} />
        </div>
      ) : (
        <p class="prompt-quiet" data-test="quiet">
          {quietText(desk)}
        </p>
      )}
      <div class="prompt-buttons">
        <KeyButton
          letter="Y"
          test="answer-y"
          label={t.accepted}
          kind="accept"
          isOff={!prompt}
          onPress={() => onSettle('accepted')}
        />
        <KeyButton
          letter="N"
          test="answer-n"
          label={t.declined}
          kind="decline"
          isOff={!prompt}
          onPress={() => onSettle('declined')}
        />
        <KeyButton
          letter="S"
          test="answer-s"
          label={t.notOffered}
          kind="quiet"
          isOff={!prompt}
          onPress={() => onSettle('not-offered')}
        />
      </div>
    </section>
  );
}

function PromptFacts({
  desk,
  prompt,
  reasons,
}: {
  desk: Desk;
  prompt: Suggestion;
  reasons: readonly string[];
}) {
  const { t, money } = desk;
  const { unitPrice, value } = prompt;
  return (
    <div class="prompt-facts">
      <p class="prompt-product">
        <strong>{prompt.name}</strong>
        {unitPrice != null && <span>{money(unitPrice)}</span>}
        {value?.margin !== undefined && <span>{t.margin(money(value.margin))}</span>}
      </p>
      <ul class="prompt-reasons" aria-label={t.because} data-test="reasons">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  );
}

function quietText({ register, t }: Desk): string {
  if (register.status === 'reconnecting' || register.status === 'offline') return t.agentQuietOffline;
  if (register.state.lines.length === 0) return t.agentQuietEmpty;
  return register.state.answer ? t.agentQuietSilent : t.quietThinking;
}
