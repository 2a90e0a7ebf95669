import { useState } from 'preact/hooks';
import type { Language } from './live-protocol.ts';
import { chooseLanguage, preferredLanguage } from './preferences.ts';

/** The language of a page, and a function that changes it for this page and those opened later. */
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
