import type { Language } from './live-protocol.ts';
import { managerDutch } from './manager-dutch.ts';
import { type ManagerTranslation, managerEnglish } from './manager-english.ts';

const translations: Readonly<Record<Language, ManagerTranslation>> = { en: managerEnglish, nl: managerDutch };

export function managerTranslationFor(language: Language): ManagerTranslation {
  return translations[language];
}
