import type { Reason } from './reasons.ts';

export const LANGUAGES = ['en', 'nl'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A sentence split at its gaps, as every answer fills some. */
type Template = readonly string[];

type Sentence = 'often-together' | 'together' | 'goes-with' | 'similar' | 'popular' | 'offer';

/** Share of baskets from which a sentence may say `often` or `many`. */
const OFTEN = 0.1;

/** The sentences by language. None mentions stock or margin, and none claims more than its reason: customers hear them. */
const SENTENCES: Record<Language, Record<Sentence, Template>> = {
  en: {
    'often-together': template('Customers who buy {with} often take {name} along. Would you like that too?'),
    together: template('Some customers who buy {with} also take {name}. Would you like that too?'),
    'goes-with': template('May I offer you {name} to go with {with}?'),
    similar: template('Some customers with a basket like yours also take {name}. Would you like that too?'),
    popular: template('Many of our customers take {name}. Would you like that too?'),
    offer: template('May I offer you {name} with that?'),
  },
  nl: {
    'often-together': template('Klanten die {with} kopen, nemen vaak ook {name} mee. Wilt u dat erbij?'),
    together: template('Sommige klanten die {with} kopen, nemen ook {name} mee. Wilt u dat erbij?'),
    'goes-with': template('Mag ik u {name} aanbieden bij {with}?'),
    similar: template('Sommige klanten met een mandje zoals dat van u nemen ook {name}. Wilt u dat erbij?'),
    popular: template('Veel van onze klanten nemen {name}. Wilt u dat erbij?'),
    offer: template('Mag ik u daar {name} bij aanbieden?'),
  },
};

function template(sentence: string): Template {
  return sentence.split(/(\{name\}|\{with\})/);
}

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
  const beside = reasons.find(({ code }) => code === 'bought-together' || code === 'goes-with');
  const nameBeside = beside && 'withProductId' in beside ? nameOf(beside.withProductId) : '';
  let pitch = '';
  for (const part of SENTENCES[language][sentenceFor(reasons)])
    pitch += part === '{name}' ? name : part === '{with}' ? nameBeside : part;
  return pitch;
}

function sentenceFor(reasons: readonly Reason[]): Sentence {
  const together = reasons.find((reason) => reason.code === 'bought-together');
  if (together) return together.share >= OFTEN ? 'often-together' : 'together';
  if (reasons.some((reason) => reason.code === 'goes-with')) return 'goes-with';
  if (reasons.some((reason) => reason.code === 'similar-baskets')) return 'similar';
  const popular = reasons.find((reason) => reason.code === 'popular');
  return popular && popular.share >= OFTEN ? 'popular' : 'offer';
}
