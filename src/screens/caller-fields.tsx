import type { Language } from './live-protocol.ts';
import type { Desk } from './use-desk.ts';

interface CallerFieldsProps {
  readonly desk: Desk;
  readonly pitchLanguage: Language;
  readonly onPitchLanguage: (language: Language) => void;
}

/** Who calls, who answers, and the language the customer is spoken to in. */
export function CallerFields({ desk, pitchLanguage, onPitchLanguage }: CallerFieldsProps) {
  const { register, t } = desk;
  const { customerId, agentId, mayPersonalise } = register.state;
  const nameCustomer = (id: string, consent: boolean) =>
    register.dispatch({ type: 'customer-named', customerId: id, mayPersonalise: consent });
  return (
    <section class="caller" aria-label={t.customer}>
      <label class="field">
        <span>{t.customer}</span>
        <input
          value={customerId}
          placeholder={t.optional}
          autocomplete="off"
          maxLength={128}
          onChange={(event) => nameCustomer(event.currentTarget.value.trim(), mayPersonalise)}
          data-test="customer"
        />
      </label>
      <label class="field">
        <span>{t.agentId}</span>
        <input
          value={agentId}
          placeholder={t.optional}
          autocomplete="off"
          maxLength={128}
          onChange={(event) =>
            register.dispatch({ type: 'agent-named', agentId: event.currentTarget.value.trim() })
          }
          data-test="agent"
        />
      </label>
      <label class="field">
        <span>{t.pitchLanguage}</span>
        <select
          value={pitchLanguage}
          onChange={(event) => onPitchLanguage(event.currentTarget.value as Language)}
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
          onChange={(event) => nameCustomer(customerId, event.currentTarget.checked)}
        />
        {t.mayPersonalise}
      </label>
    </section>
  );
}
