import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageOf, renderPitch } from '../../src/recommender/pitch.ts';
import { isCustomerSafe, type Reason, type ReasonFacts, reasonsFor } from '../../src/recommender/reasons.ts';

const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(Number.NaN));
const facts: fc.Arbitrary<ReasonFacts> = fc.record({
  withProductId: fc.option(fc.constant('x'), { nil: undefined }),
  reasonShare: share,
  popularShare: fc.double({ min: 0, max: 1, noNaN: true }),
  ownBaskets: fc.nat(3),
  pinnedBy: fc.option(fc.constant('rule-7'), { nil: undefined }),
  daysOfSupply: fc.double({ min: 0, max: 10_000, noNaN: true }),
  holding: fc.double({ min: 0, max: 10, noNaN: true }),
});

describe('reasons', () => {
  it('are never none', () => {
    fc.assert(
      fc.property(facts, (each) => reasonsFor(each).some(isCustomerSafe) || each.pinnedBy !== undefined),
    );
  });

  it('state only finite numbers', () => {
    fc.assert(
      fc.property(facts, (each) => {
        for (const reason of reasonsFor(each))
          for (const value of Object.values(reason))
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('begin with what is bought together, and slow stock only when holding is saved', () => {
    const all = reasonsFor({
      withProductId: 'x',
      reasonShare: 0.34567,
      popularShare: 0.1,
      ownBaskets: 2,
      pinnedBy: 'r',
      daysOfSupply: 61.7,
      holding: 0.2,
    });
    expect(all).toEqual([
      { code: 'bought-together', withProductId: 'x', share: 0.3457 },
      { code: 'bought-before', baskets: 2 },
      { code: 'pinned', ruleId: 'r' },
      { code: 'slow-stock', daysOfSupply: 62 },
    ]);
  });

  it('tell of similar baskets where no product of the basket speaks for the suggestion, and often enough', () => {
    const other = {
      withProductId: undefined,
      popularShare: 0.1,
      ownBaskets: 0,
      pinnedBy: undefined,
      daysOfSupply: 1,
      holding: 0,
    };
    expect(reasonsFor({ ...other, reasonShare: 0.1234 })).toEqual([
      { code: 'similar-baskets', share: 0.1234 },
    ]);
    expect(reasonsFor({ ...other, reasonShare: 0.001 })).toEqual([{ code: 'popular', share: 0.1 }]);
    expect(isCustomerSafe({ code: 'similar-baskets', share: 0.1 })).toBe(true);
  });

  it('of a product never sold name what it goes with, claim no sales, and may be told to customers', () => {
    const fresh = { ownBaskets: 0, pinnedBy: undefined, daysOfSupply: 1, holding: 0, popularShare: 0 };
    const reasons = reasonsFor({ ...fresh, withProductId: 'tea', reasonShare: Number.NaN });
    expect(reasons).toEqual([{ code: 'goes-with', withProductId: 'tea' }]);
    expect(reasons.every(isCustomerSafe)).toBe(true);
    const pitch = (language: 'en' | 'nl') => renderPitch(language, 'Silver cup', reasons, () => 'Tea');
    expect(pitch('en')).toBe('May I offer you Silver cup to go with Tea?');
    expect(pitch('nl')).toBe('Mag ik u Silver cup aanbieden bij Tea?');
  });

  it('of stock and rules are not for customers', () => {
    expect(isCustomerSafe({ code: 'slow-stock', daysOfSupply: 3 })).toBe(false);
    expect(isCustomerSafe({ code: 'pinned', ruleId: 'r' })).toBe(false);
    expect(isCustomerSafe({ code: 'popular', share: 0.1 })).toBe(true);
  });
});

describe('the pitch', () => {
  it('speaks of the products only: no stock, no margin, no brace left over, in every language', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...LANGUAGES), (each, language) => {
        const pitch = renderPitch(language, 'Cake', reasonsFor(each), () => 'Coffee');
        expect(pitch).toContain('Cake');
        expect(pitch).not.toMatch(/[{}]|stock|margin|voorraad|marge|supply|rule|undefined|NaN|\d/i);
      }),
    );
  });

  it('renders names as they are, whatever they hold', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('$&', '$1', '{with}', '{name}', "$'", '{{x}}', 'Café 日本'),
    );
    fc.assert(
      fc.property(name, name, fc.constantFrom(...LANGUAGES), (offered, other, language) => {
        const reasons = [{ code: 'bought-together', withProductId: 'x', share: 0.3 }] as const;
        const pitch = renderPitch(language, offered, reasons, () => other);
        const plain = renderPitch(language, 'AAA', reasons, () => 'BBB');
        expect(pitch).toBe(
          plain.split('AAA').join('\u0000').split('BBB').join(other).split('\u0000').join(offered),
        );
      }),
    );
  });

  it('says what is bought together when that is a reason, else that it is popular', () => {
    const together = [{ code: 'bought-together', withProductId: 'x', share: 0.3 }] as const;
    expect(renderPitch('en', 'Cake', together, () => 'Coffee')).toContain('Coffee');
    expect(renderPitch('nl', 'Taart', together, () => 'Koffie')).toContain('Koffie');
    expect(renderPitch('en', 'Cake', [{ code: 'pinned', ruleId: 'r' }], () => 'Coffee')).not.toContain(
      'Coffee',
    );
  });

  it('says often or many only from a share of a tenth, and mentions others only with such a reason', () => {
    const pitchFor = (reason: Reason) => renderPitch('en', 'Cake', [reason], () => 'Coffee');
    expect(pitchFor({ code: 'bought-together', withProductId: 'x', share: 0.1 })).toContain('often');
    expect(pitchFor({ code: 'bought-together', withProductId: 'x', share: 0.09 })).toContain(
      'Some customers',
    );
    expect(pitchFor({ code: 'popular', share: 0.1 })).toContain('Many of our customers');
    expect(pitchFor({ code: 'popular', share: 0.01 })).toBe('May I offer you Cake with that?');
    expect(pitchFor({ code: 'pinned', ruleId: 'r' })).toBe('May I offer you Cake with that?');
  });

  it('is in the language asked for by its first subtag, else English', () => {
    expect(['nl', 'nl-BE', 'NL', 'en-GB', 'fr', '', undefined].map(languageOf)).toEqual([
      'nl',
      'nl',
      'nl',
      'en',
      'en',
      'en',
      'en',
    ]);
  });
});
