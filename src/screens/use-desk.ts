import { useEffect, useReducer, useState } from 'preact/hooks';
import { fetchCurrentModel, fetchStores } from './gateway-api.ts';
import type { Channel, CurrentModel, Language, Store, Suggestion } from './live-protocol.ts';
import { formatMoney } from './number-format.ts';
import type { ProductCatalogue } from './product-catalogue.ts';
import { ProductEntry } from './product-entry.ts';
import { reasonText } from './reason-text.ts';
import type { Register } from './register.ts';
import { reasonsFor } from './till-state.ts';
import { type Translation, translationFor } from './translations.ts';
import { useLanguage } from './use-language.ts';

/** What the parts of a till or agent page share: the register, the translation, and the number formats. */
export interface Desk {
  readonly register: Register;
  readonly catalogue: ProductCatalogue;
  readonly entry: ProductEntry;
  readonly t: Translation;
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly stores: readonly Store[];
  readonly model: CurrentModel;
  readonly money: (amount: number) => string;
  /** `audience`: who hears them; who looks at this page by default. */
  readonly reasonsInWords: (suggestion: Suggestion, audience?: Channel) => readonly string[];
}

export function useDesk(register: Register, catalogue: ProductCatalogue): Desk {
  const [language, setLanguage] = useLanguage();
  const [stores, setStores] = useState<readonly Store[]>([]);
  const [model, setModel] = useState<CurrentModel>({});
  const [entry] = useState(() => new ProductEntry(register, catalogue));
  useRedrawOnChange(register);
  useRedrawOnChange(entry);

  const isConnected = register.status === 'connected';
  useEffect(() => {
    if (!isConnected && stores.length > 0) return;
    void loadStart(register, catalogue, setStores, setModel);
  }, [isConnected]);

  const t = translationFor(language);
  const nameOf = (productId: string) =>
    register.state.lines.find((line) => line.productId === productId)?.name ??
    catalogue.cache.get(productId)?.name;
  return {
    register,
    catalogue,
    entry,
    t,
    language,
    setLanguage,
    stores,
    model,
    money: (amount) => formatMoney(amount, language, register.currency),
    reasonsInWords: (suggestion, audience = register.channel) =>
      reasonsFor(suggestion, audience).flatMap((reason) => reasonText(reason, t, language, nameOf) ?? []),
  };
}

function useRedrawOnChange(source: Pick<Register, 'subscribe'>): void {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => source.subscribe(() => redraw(undefined)), [source]);
}

async function loadStart(
  register: Register,
  catalogue: ProductCatalogue,
  setStores: (stores: readonly Store[]) => void,
  setModel: (model: CurrentModel) => void,
): Promise<void> {
  const [stores, model] = await Promise.allSettled([fetchStores(), fetchCurrentModel()]);
  if (model.status === 'fulfilled') {
    setModel(model.value);
    register.useModel(model.value);
  }
  if (stores.status !== 'fulfilled') return;
  setStores(stores.value);
  const isKnown = stores.value.some((store) => store.id === register.state.storeId);
  const first = stores.value[0];
  if (isKnown || !first) return;
  catalogue.useStore(first.id);
  register.dispatch({ type: 'store-chosen', storeId: first.id });
}
