import './theme.css';
import './controls.css';
import './top-bar.css';
import './index-page.css';
import { render } from 'preact';
import { applyPreferences } from './preferences.ts';
import { Brand, LanguageSwitch, ThemeSwitch } from './top-bar.tsx';
import { translationFor } from './translations.ts';
import { useLanguage } from './use-language.ts';

function IndexPage() {
  const [language, setLanguage] = useLanguage();
  const t = translationFor(language);
  return (
    <div class="index">
      <header class="top-bar">
        <Brand title="" />
        <span class="top-bar-space" />
        <LanguageSwitch t={t} language={language} onChoose={setLanguage} />
        <ThemeSwitch t={t} />
      </header>
      <main class="index-main">
        <h1>{t.indexIntro}</h1>
        <nav class="index-links" aria-label="Basketlift">
          <a href="/till">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 20h16v-5l-2-7H6l-2 7zM4 15h16M9 8V4h6v4M9 11.5h6" />
            </svg>
            <strong>{t.indexTill}</strong>
            <span>{t.indexTillText}</span>
          </a>
          <a href="/agent">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 15v-3a8 8 0 0 1 16 0v3M4 14h3v6H5.5A1.5 1.5 0 0 1 4 18.5zM20 14h-3v6h1.5a1.5 1.5 0 0 0 1.5-1.5z" />
            </svg>
            <strong>{t.indexAgent}</strong>
            <span>{t.indexAgentText}</span>
          </a>
          <a href="/practice">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 5h11v8H9l-4 3v-3H4zM18 9h2v8h-1v3l-4-3h-4" />
            </svg>
            <strong>{t.indexPractice}</strong>
            <span>{t.indexPracticeText}</span>
          </a>
          <a href="/manager">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 20V4M4 20h16M8 16l4-5 3 3 5-7" />
            </svg>
            <strong>{t.indexManager}</strong>
            <span>{t.indexManagerText}</span>
          </a>
          <a href="/analyst">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 20h16M6 20v-6h3v6M11 20V9h3v11M16 20V4h3v16" />
            </svg>
            <strong>{t.indexAnalyst}</strong>
            <span>{t.indexAnalystText}</span>
          </a>
        </nav>
      </main>
    </div>
  );
}

applyPreferences();
render(<IndexPage />, document.getElementById('page')!);
