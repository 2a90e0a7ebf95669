import { useState } from 'preact/hooks';
import { IconButton } from './icon-button.tsx';
import type { Language } from './live-protocol.ts';
import { LogIn } from './log-in.tsx';
import { chooseTheme, preferredTheme } from './preferences.ts';
import type { Translation } from './translations.ts';
import type { Desk } from './use-desk.ts';

export function TopBar({ desk, title, onKeys }: { desk: Desk; title: string; onKeys: () => void }) {
  const { t } = desk;
  return (
    <header class="top-bar">
      <Brand title={title} />
      <StoreChooser desk={desk} />
      <span class="top-bar-space" />
      <ConnectionState desk={desk} />
      <LogIn
        t={t}
        isConnected={desk.register.status === 'connected'}
        onDone={() => desk.register.networkReturned()}
      />
      <LanguageSwitch t={t} language={desk.language} onChoose={desk.setLanguage} />
      <ThemeSwitch t={t} />
      <IconButton label={t.keys} onPress={onKeys} kind="keys-button">
        <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
        <path d="M6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8.5 14h7" />
      </IconButton>
    </header>
  );
}

export function Brand({ title }: { title: string }) {
  return (
    <a class="brand" href="/">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-tile" width="32" height="32" rx="8" />
        <path class="brand-basket" d="M7 15h18l-2.2 9.2a1.5 1.5 0 0 1-1.5 1.1H10.7a1.5 1.5 0 0 1-1.5-1.1z" />
        <path class="brand-lift" d="M16 12V5m0 0-3.6 3.6M16 5l3.6 3.6" />
      </svg>
      <span class="brand-name">Basketlift</span> <span class="brand-title">{title}</span>
    </a>
  );
}

function StoreChooser({ desk: { register, catalogue, stores, t } }: { desk: Desk }) {
  if (stores.length === 0) return null;
  const inOrder = [...stores].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const choose = (storeId: string) => {
    catalogue.useStore(storeId);
    register.dispatch({ type: 'store-chosen', storeId });
  };
  return (
    <label class="store-chooser">
      <span class="hidden-label">{t.store}</span>
      <select
        value={register.state.storeId ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
        data-test="store"
      >
        {inOrder.map((store) => (
          <option key={store.id} value={store.id}>
            {store.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function ConnectionState({ desk: { register, t } }: { desk: Desk }) {
  const waiting = register.queue.size;
  const isCalm = register.status === 'connected';
  return (
    <p class="connection" data-status={register.status} data-test="connection" role="status">
      <span class="connection-dot" aria-hidden="true" />
      <span class="connection-word">{t[register.status]}</span>
      {waiting > 0 && !isCalm && (
        <span class="connection-waiting" data-test="waiting">
          {t.waitingToSend(waiting)}
        </span>
      )}
    </p>
  );
}

interface LanguageSwitchProps {
  readonly t: Translation;
  readonly language: Language;
  readonly onChoose: (language: Language) => void;
}

export function LanguageSwitch({ t, language, onChoose }: LanguageSwitchProps) {
  return (
    <fieldset class="language-switch">
      <legend class="hidden-label">{t.language}</legend>
      {(['en', 'nl'] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          lang={choice}
          aria-pressed={choice === language}
          onClick={() => onChoose(choice)}
          aria-label={choice === 'en' ? 'EN English' : 'NL Nederlands'}
        >
          {choice.toUpperCase()}
        </button>
      ))}
    </fieldset>
  );
}

export function ThemeSwitch({ t }: { t: Translation }) {
  const [theme, setTheme] = useState(preferredTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  const label = other === 'dark' ? t.useDark : t.useLight;
  const change = () => {
    chooseTheme(other);
    setTheme(other);
  };
  return (
    <IconButton label={label} onPress={change} test="theme">
      {other === 'dark' ? (
        <path d="M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5z" />
      ) : (
        <path d="M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M4.5 12h-2M21.5 12h-2M6.7 6.7 5.3 5.3M18.7 18.7l-1.4-1.4M6.7 17.3l-1.4 1.4M18.7 5.3l-1.4 1.4" />
      )}
    </IconButton>
  );
}
