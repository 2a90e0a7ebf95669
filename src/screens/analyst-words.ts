import type { Language } from './live-protocol.ts';

const en = {
  title: 'Analyst',
  versions: 'Model versions',
  version: 'Version',
  serves: 'In service',
  made: 'Made',
  receipts: 'Receipts',
  products: 'Products',
  period: 'Learned from',
  questions: 'Questions',
  hitRate: (count: number) => `HR@${count}`,
  ndcg: 'NDCG@10',
  coverage: 'Coverage',
  promote: 'Put in service',
  promoteName: (version: string) => `Put ${version} in service`,
  rollback: 'Put the version before back',
  confirmPromote: (version: string) => `Put version ${version} in service, for every till and agent?`,
  confirmRollback: 'Put the version that served before back in service?',
  confirmText:
    'It is checked first. Baskets that are open are answered to their end by the version they began with.',
  cancel: 'Cancel',
  changed: 'Done. New baskets are answered by it.',
  notChanged: (why: string) => `Nothing was changed. ${why}`,
  noAnswer: 'The gateway does not answer. Look at the list before you try again.',
  working: 'Checking and loading…',
  evaluation: 'Evaluation of',
  evaluationText: (questions: string) =>
    `${questions} questions over baskets that the version had not seen, ranked by the functions that serve.`,
  notTested: 'Not tested: no basket of two known products in the test period.',
  method: 'Method',
  difference: 'Version − method, NDCG@10 (95 %)',
  byLength: 'By products in the basket',
  length: 'Products in the basket',
  calibration: 'Stated and observed probability',
  calibrationText: (error: string) =>
    `Mean distance ${error}. On the line a stated probability is exactly right.`,
  stated: 'Stated',
  observed: 'Observed',
  suggestions: 'Suggestions',
  asking: 'Asking…',
  forbidden: 'Your key may not see this. It takes one of scope analyst.',
  failed: 'Nothing to show: it was not measured, or the gateway does not answer.',
};

export type AnalystTranslation = typeof en;

const nl: AnalystTranslation = {
  title: 'Analist',
  versions: 'Modelversies',
  version: 'Versie',
  serves: 'In dienst',
  made: 'Gemaakt',
  receipts: 'Bonnen',
  products: 'Producten',
  period: 'Geleerd van',
  questions: 'Vragen',
  hitRate: (count) => `HR@${count}`,
  ndcg: 'NDCG@10',
  coverage: 'Dekking',
  promote: 'In dienst zetten',
  promoteName: (version) => `${version} in dienst zetten`,
  rollback: 'De vorige versie terugzetten',
  confirmPromote: (version) => `Versie ${version} in dienst zetten, voor alle kassa’s en telefonisten?`,
  confirmRollback: 'De versie die hiervoor diende weer in dienst zetten?',
  confirmText:
    'Ze wordt eerst gecontroleerd. Open mandjes worden afgemaakt door de versie waarmee ze begonnen.',
  cancel: 'Annuleren',
  changed: 'Gedaan. Nieuwe mandjes krijgen er hun antwoord van.',
  notChanged: (why) => `Er is niets veranderd. ${why}`,
  noAnswer: 'De gateway antwoordt niet. Bekijk de lijst voordat u het opnieuw probeert.',
  working: 'Controleren en laden…',
  evaluation: 'Evaluatie van',
  evaluationText: (questions) =>
    `${questions} vragen over mandjes die de versie niet had gezien, gerangschikt door de functies die ook dienen.`,
  notTested: 'Niet getest: in de testperiode was geen mandje met twee bekende producten.',
  method: 'Methode',
  difference: 'Versie − methode, NDCG@10 (95 %)',
  byLength: 'Naar aantal producten in het mandje',
  length: 'Producten in het mandje',
  calibration: 'Gestelde en waargenomen kans',
  calibrationText: (error) => `Gemiddelde afstand ${error}. Op de lijn klopt een gestelde kans precies.`,
  stated: 'Gesteld',
  observed: 'Waargenomen',
  suggestions: 'Suggesties',
  asking: 'Wordt gevraagd…',
  forbidden: 'Uw sleutel mag dit niet zien. Daar is er een met bereik analyst voor nodig.',
  failed: 'Niets te tonen: het is niet gemeten, of de gateway antwoordt niet.',
};

const translations: Readonly<Record<Language, AnalystTranslation>> = { en, nl };

export function analystTranslationFor(language: Language): AnalystTranslation {
  return translations[language];
}
