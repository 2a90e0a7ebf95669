import { useState } from 'preact/hooks';
import type { Language } from './live-protocol.ts';
import { chooseLanguage, preferredLanguage } from './preferences.ts';

/** The language of a page, and how to change it for this page and the next ones. */
export function useLanguage(): [Language, (language: Language) => void] {
  const [language, setLanguage] = useState(preferredLanguage);
  return [
    language,
    (next) => {
      chooseLanguage(next);
      setLanguage(next);
    },
  ];
}
