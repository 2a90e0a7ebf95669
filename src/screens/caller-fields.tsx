import { useState } from 'preact/hooks';
import type { Language } from './live-protocol.ts';
import type { Desk } from './use-desk.ts';

/** Fields for the caller, the agent, and the language of the call. */
export function CallerFields({ desk: { register, t } }: { desk: Desk }) {
  const { basketId, customerId, agentId, mayPersonalise } = register.state;
  return (
    <section class="caller" aria-label={t.customer}>
      <IdField
        key={basketId}
        name="customer"
        label={t.customer}
        value={customerId}
        placeholder={t.optional}
        onCommit={(id) => register.dispatch({ type: 'customer-named', customerId: id })}
      />
      <IdField
        name="agent"
        label={t.agentId}
        value={agentId}
        placeholder={t.optional}
        onCommit={(id) => register.dispatch({ type: 'agent-named', agentId: id })}
      />
      <label class="field">
        <span>{t.pitchLanguage}</span>
        <select
          value={register.language}
          onChange={(event) => register.speak(event.currentTarget.value as Language)}
          data-test="pitch-language"
        >
          <option value="en">English</option>
          <option value="nl">Nederlands</option>
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={mayPersonalise}
          disabled={customerId === ''}
          onChange={(event) =>
            register.dispatch({ type: 'consent-answered', mayPersonalise: event.currentTarget.checked })
          }
          data-test="consent"
        />
        {t.mayPersonalise}
      </label>
    </section>
  );
}

interface IdFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly onCommit: (id: string) => void;
}

/** A field for an id that takes effect on blur. What has been typed so far survives a rerender. */
function IdField({ name, label, value, placeholder, onCommit }: IdFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={draft ?? value}
        placeholder={placeholder}
        autocomplete="off"
        maxLength={128}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          setDraft(null);
          onCommit(event.currentTarget.value.trim());
        }}
        data-test={name}
      />
    </label>
  );
}
