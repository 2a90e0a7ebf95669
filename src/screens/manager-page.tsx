import './theme.css';
import './controls.css';
import './top-bar.css';
import './manager-page.css';
import './figure-choice.css';
import './print.css';
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { ContestPanel } from './contest-panel.tsx';
import { CustomersPanel } from './customers-panel.tsx';
import { LogIn } from './log-in.tsx';
import { PayPanel } from './pay-panel.tsx';
import { applyPreferences } from './preferences.ts';
import { PrintButton, PrintHeading } from './printing.tsx';
import { SalesPanel } from './sales-panel.tsx';
import { StockPanel } from './stock-panel.tsx';
import { Brand, LanguageSwitch, ThemeSwitch } from './top-bar.tsx';
import { translationFor } from './translations.ts';
import { UpliftPanel } from './uplift-panel.tsx';
import { useManagerDesk } from './use-manager-desk.ts';

function ManagerPage() {
  const desk = useManagerDesk();
  const { t, language, stores, storeId } = desk;
  const shared = translationFor(language);
  const storeName = stores.find(({ id }) => id === storeId)?.name ?? t.allStores;
  useEffect(() => {
    document.title = `${t.title} · Basketlift`;
  }, [t]);
  return (
    <div class="manager">
      <header class="top-bar">
        <Brand title={t.title} />
        <label class="store-chooser">
          <span class="hidden-label">{shared.store}</span>
          <select
            value={storeId}
            onChange={(event) => desk.setStoreId(event.currentTarget.value)}
            data-test="store"
          >
            {desk.mayBeAll && <option value="">{t.allStores}</option>}
            {stores.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span class="top-bar-space" />
        <LogIn t={shared} />
        <PrintButton t={t} />
        <LanguageSwitch t={shared} language={language} onChoose={desk.setLanguage} />
        <ThemeSwitch t={shared} />
      </header>
      <main class="manager-main">
        <h1 class="hidden-label">Basketlift {t.title}</h1>
        <PrintHeading t={t} language={language} store={storeName} />
        <SalesPanel desk={desk} />
        <UpliftPanel desk={desk} />
        <CustomersPanel desk={desk} />
        <StockPanel desk={desk} />
        <ContestPanel desk={desk} />
        <PayPanel desk={desk} />
      </main>
    </div>
  );
}

applyPreferences();
render(<ManagerPage />, document.getElementById('page')!);
