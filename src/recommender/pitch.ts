import type { Reason } from './reasons.ts';

export const LANGUAGES = ['en', 'nl'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The sentences by language and leading reason. None mentions stock or margin: the customer hears them. */
const SENTENCES: Record<Language, Record<'bought-together' | 'popular', string>> = {
  en: {
    'bought-together': 'Customers who buy {with} often take {name} along. Would you like it too?',
    popular: 'Many of our customers take {name}. Would you like it too?',
  },
  nl: {
    'bought-together': 'Klanten die {with} kopen, nemen vaak ook {name} mee. Wilt u die erbij?',
    popular: 'Veel van onze klanten nemen {name}. Wilt u die erbij?',
  },
};

/** The language asked for, by its first subtag (`nl-BE` is `nl`), else English. */
export function languageOf(tag: string | undefined): Language {
  const primary = tag?.toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}

/** The sentence to say to the customer for a product and its reasons. */
export function renderPitch(
  language: Language,
  name: string,
  reasons: readonly Reason[],
  nameOf: (productId: string) => string,
): string {
  const together = reasons.find((reason) => reason.code === 'bought-together');
  const template = SENTENCES[language][together ? 'bought-together' : 'popular'];
  const names = { name, with: together ? nameOf(together.withProductId) : '' };
  return template.replace(/\{(name|with)\}/g, (_, key: 'name' | 'with') => names[key]);
}
