import './theme.css';
import './controls.css';
import './top-bar.css';
import './manager-page.css';
import './analyst-page.css';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { EvaluationAnswer, ModelsAnswer } from './analyst-answers.ts';
import { analystTranslationFor } from './analyst-words.ts';
import { AskedState } from './asked-state.tsx';
import { EvaluationPanel } from './evaluation-panel.tsx';
import { LogIn } from './log-in.tsx';
import { ConfirmChange, useModelChange } from './model-change.tsx';
import { applyPreferences } from './preferences.ts';
import { Brand, LanguageSwitch, ThemeSwitch } from './top-bar.tsx';
import { translationFor } from './translations.ts';
import { useAnswer } from './use-answer.ts';
import { useLanguage } from './use-language.ts';
import { VersionsPanel } from './versions-panel.tsx';

function AnalystPage() {
  const [language, setLanguage] = useLanguage();
  const t = analystTranslationFor(language);
  const shared = translationFor(language);
  const [changes, setChanges] = useState(0);
  const models = useAnswer<ModelsAnswer>('/v1/models', changes);
  const listed = models.state === 'answered' ? models.answer.models : [];
  const [picked, setPicked] = useState('');
  const serving = listed.find(({ isServing }) => isServing) ?? listed[0];
  const chosen = listed.some(({ version }) => version === picked) ? picked : (serving?.version ?? '');
  const path = chosen === '' ? null : `/v1/models/${encodeURIComponent(chosen)}/evaluation`;
  const evaluation = useAnswer<EvaluationAnswer>(path);
  const change = useModelChange(t, () => setChanges((count) => count + 1));
  useEffect(() => {
    document.title = `${t.title} · Basketlift`;
  }, [t]);
  return (
    <div class="manager">
      <header class="top-bar">
        <Brand title={t.title} />
        <span class="top-bar-space" />
        <LogIn t={shared} />
        <LanguageSwitch t={shared} language={language} onChoose={setLanguage} />
        <ThemeSwitch t={shared} />
      </header>
      <main class="analyst-main">
        <h1 class="hidden-label">Basketlift {t.title}</h1>
        <section class="panel" aria-labelledby="versions-title">
          <h2 id="versions-title">{t.versions}</h2>
          <AskedState t={t} asked={models}>
            {() => (
              <VersionsPanel
                t={t}
                language={language}
                models={listed}
                chosen={chosen}
                onChoose={setPicked}
                onChange={change.ask}
                isWorking={change.isWorking}
              />
            )}
          </AskedState>
          <p role="status" data-test="change">
            {change.text}
          </p>
        </section>
        {chosen !== '' && (
          <section class="panel" aria-labelledby="evaluation-title">
            <h2 id="evaluation-title">
              {t.evaluation} {chosen}
            </h2>
            <AskedState t={t} asked={evaluation}>
              {(answer) => <EvaluationPanel t={t} language={language} answer={answer} />}
            </AskedState>
          </section>
        )}
      </main>
      <ConfirmChange t={t} change={change} />
    </div>
  );
}

applyPreferences();
render(<AnalystPage />, document.getElementById('page')!);
