import { expect, test } from 'vitest';
import { UNMATCHED_REASONS } from '../../src/ledger/unmatched-events.ts';
import { UPLIFT_NOTES } from '../../src/ledger/uplift-notes.ts';
import { managerTranslationFor } from '../../src/screens/manager-translations.ts';

test.each(['en', 'nl'] as const)(
  'the manager page has words of its own for every code of the reports (%s)',
  (language) => {
    const { unmatchedReasons, upliftNotes } = managerTranslationFor(language);
    expect(Object.keys(unmatchedReasons).sort()).toEqual([...UNMATCHED_REASONS].sort());
    expect(Object.keys(upliftNotes).sort()).toEqual([...UPLIFT_NOTES].sort());
  },
);
