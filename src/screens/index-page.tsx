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
          <PageLink
            path="/till"
            icon="M4 20h16v-5l-2-7H6l-2 7zM4 15h16M9 8V4h6v4M9 11.5h6"
            title={t.indexTill}
            text={t.indexTillText}
          />
          <PageLink
            path="/agent"
            icon="M4 15v-3a8 8 0 0 1 16 0v3M4 14h3v6H5.5A1.5 1.5 0 0 1 4 18.5zM20 14h-3v6h1.5a1.5 1.5 0 0 0 1.5-1.5z"
            title={t.indexAgent}
            text={t.indexAgentText}
          />
          <PageLink
            path="/practice"
            icon="M4 5h11v8H9l-4 3v-3H4zM18 9h2v8h-1v3l-4-3h-4"
            title={t.indexPractice}
            text={t.indexPracticeText}
          />
          <PageLink
            path="/manager"
            icon="M4 20V4M4 20h16M8 16l4-5 3 3 5-7"
            title={t.indexManager}
            text={t.indexManagerText}
          />
          <PageLink
            path="/analyst"
            icon="M4 20h16M6 20v-6h3v6M11 20V9h3v11M16 20V4h3v16"
            title={t.indexAnalyst}
            text={t.indexAnalystText}
          />
        </nav>
      </main>
    </div>
  );
}

interface PageLinkProps {
  readonly path: string;
  /** The path of an SVG of 24 by 24. */
  readonly icon: string;
  readonly title: string;
  readonly text: string;
}

function PageLink({ path, icon, title, text }: PageLinkProps) {
  return (
    <a href={path}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={icon} />
      </svg>
      <strong>{title}</strong>
      <span>{text}</span>
    </a>
  );
}

applyPreferences();
render(<IndexPage />, document.getElementById('page')!);
