import { useEffect, useRef } from 'preact/hooks';
import { keepFocusNear } from './keep-focus-near.ts';
import type { OfferResult, Suggestion } from './live-protocol.ts';
import type { OfferGuard } from './offer-guard.ts';
import type { Desk } from './use-desk.ts';

/** The current offers, each in a fixed place. */
export function SuggestionStrip({ desk, guard }: { desk: Desk; guard: OfferGuard }) {
  const { register, t } = desk;
  const { slots, answer } = register.state;
  const offered = slots.filter((slot) => slot !== null);
  useEffect(() => {
    for (const suggestion of offered) register.shown(suggestion);
  }, [answer?.decisionId, offered.length]);

  return (
    <section
      class={offered.length > 0 ? 'strip' : 'strip strip-silent'}
      aria-labelledby="strip-title"
      tabIndex={-1}
      data-test="strip"
      data-decision={answer?.decisionId ?? ''}
    >
      <h2 id="strip-title" class="strip-title">
        {t.suggestions}
      </h2>
      <p class="hidden-label" role="status">
        {offered.length > 0 ? t.suggestionCount(offered.map((offer) => offer.name).join(', ')) : ''}
      </p>
      <div class="strip-slots">
        {offered.length === 0 ? (
          <p class="strip-quiet" data-test="quiet">
            {quietText(desk)}
          </p>
        ) : (
          slots.map((slot, index) =>
            slot ? (
              <SuggestionCard
                key={slot.productId}
                desk={desk}
                suggestion={slot}
                place={index + 1}
                guard={guard}
              />
            ) : (
              <div key={`empty-${index}`} class="offer offer-empty" aria-hidden="true" />
            ),
          )
        )}
      </div>
    </section>
  );
}

function quietText({ register, t }: Desk): string {
  if (register.status === 'reconnecting' || register.status === 'offline') return t.quietOffline;
  if (register.state.lines.length === 0) return t.quietEmpty;
  return register.state.answer ? t.quietSilent : t.quietThinking;
}

function SuggestionCard({
  desk,
  suggestion,
  place,
  guard,
}: {
  desk: Desk;
  suggestion: Suggestion;
  place: number;
  guard: OfferGuard;
}) {
  const { register, t, money } = desk;
  const { name, unitPrice } = suggestion;
  const reasons = desk.reasonsInWords(suggestion);
  const card = useRef<HTMLElement>(null);
  const settle = (result: OfferResult) => (event: MouseEvent) => {
    if (!guard.isMeant(suggestion.productId, event.timeStamp)) return;
    keepFocusNear(card.current);
    register.settleOffer(suggestion, result);
  };
  return (
    <article ref={card} class="offer" data-test="offer" data-product={suggestion.productId}>
      <div class="offer-head">
        <span class="keycap offer-key" aria-hidden="true">
          {place}
        </span>
        <span class="offer-price">{unitPrice == null ? '' : money(unitPrice)}</span>
      </div>
      <h3 class="offer-name">{name}</h3>
      <p class="offer-reason">{reasons[0] ?? t.reasonNeutral}</p>
      <div class="offer-buttons">
        <button
          type="button"
          class="button button-accept"
          onClick={settle('accepted')}
          aria-label={t.acceptName(name)}
          data-test="accept"
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="m5 12.5 4.5 4.5L19 7.5" />
          </svg>
          {t.accept}
        </button>
        <button
          type="button"
          class="button button-decline"
          onClick={settle('declined')}
          aria-label={t.declineName(name)}
          data-test="decline"
        >
          {t.decline}
        </button>
      </div>
    </article>
  );
}
