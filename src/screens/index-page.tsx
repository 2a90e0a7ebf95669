import './theme.css';
import './controls.css';
import './top-bar.css';
import './index-page.css';
import { render } from 'preact';
import { useState } from 'preact/hooks';
import type { Language } from './live-protocol.ts';
import { applyPreferences, chooseLanguage, preferredLanguage } from './preferences.ts';
import { Brand, LanguageSwitch, ThemeSwitch } from './top-bar.tsx';
import { translationFor } from './translations.ts';

function IndexPage() {
  const [language, setLanguage] = useState(preferredLanguage);
  const t = translationFor(language);
  const choose = (next: Language) => {
    chooseLanguage(next);
    setLanguage(next);
  };
  return (
    <div class="index">
      <header class="top-bar">
        <Brand title="" />
        <span class="top-bar-space" />
        <LanguageSwitch t={t} language={language} onChoose={choose} />
        <ThemeSwitch t={t} />
      </header>
      <main class="index-main">
        <h1>{t.indexIntro}</h1>
        <nav class="index-links" aria-label="Basketlift">
          <a href="/till">
            <strong>{t.indexTill}</strong>
            <span>{t.indexTillText}</span>
          </a>
          <a href="/agent">
            <strong>{t.indexAgent}</strong>
            <span>{t.indexAgentText}</span>
          </a>
        </nav>
      </main>
    </div>
  );
}

applyPreferences();
render(<IndexPage />, document.getElementById('page')!);
