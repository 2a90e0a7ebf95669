import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  continueCall,
  type PracticeAction,
  type PracticeCall,
  startCall,
  TEMPERS,
  type Temper,
} from '../../src/screens/practice-call.ts';
import { feedbackOf, RULES_OF } from '../../src/screens/practice-feedback.ts';

const wishes = ['tea', 'milk', 'bread'].map((id) => ({ id, name: `The ${id}`, unitPrice: 2 }));
const YES = 0;
const NO = 0.99;

const pitch = (productId: string, draw = YES): PracticeAction => ({
  type: 'pitch',
  productId,
  words: `Some ${productId}?`,
  draw,
  atMs: 1_000,
});
const reason = (productId: string, draw = YES): PracticeAction => ({
  type: 'reason',
  productId,
  words: 'It goes with tea.',
  draw,
  atMs: 2_000,
});
const record = (productId: string, result: 'accepted' | 'declined' | 'not-offered'): PracticeAction => ({
  type: 'record',
  productId,
  result,
  atMs: 3_500,
});
const listen: PracticeAction = { type: 'listen' };
const anythingElse: PracticeAction = { type: 'anything-else' };
const order: PracticeAction = { type: 'order' };
const toTheEnd = [anythingElse, anythingElse, anythingElse, order];

function play(temper: Temper, ...actions: readonly PracticeAction[]): PracticeCall {
  return actions.reduce(continueCall, startCall(temper, wishes));
}

const heard = ({ said }: PracticeCall) =>
  said.filter(({ by }) => by === 'customer').map(({ remark }) => remark);
const rulesOf = (call: PracticeCall) =>
  Object.fromEntries(feedbackOf(call).rules.map(({ rule, isKept }) => [rule, isKept]));

test('a call begins with a greeting and the first wish, and each further wish is asked for', () => {
  const call = play('hesitant');
  expect(call.said).toEqual([
    { by: 'agent', remark: 'greeting' },
    { by: 'customer', remark: 'opening', about: 'The tea' },
  ]);
  const rest = play('hesitant', anythingElse, anythingElse, anythingElse);
  expect(rest.said.filter(({ remark }) => remark === 'wish').map(({ about }) => about)).toEqual([
    'The milk',
    'The bread',
  ]);
  expect([rest.asked, rest.isDone, heard(rest).at(-1)]).toEqual([3, true, 'done']);
});

test('what was accepted is not asked for again', () => {
  const call = play('hurried', pitch('milk'), record('milk', 'accepted'), anythingElse);
  expect(call.said.at(-1)).toMatchObject({ remark: 'wish', about: 'The bread' });
});

describe('a hesitant customer', () => {
  test('asks why, and decides when the reason is given', () => {
    const asked = play('hesitant', pitch('cake'));
    expect([heard(asked).at(-1), asked.offer?.answer]).toEqual(['why', null]);
    const call = play('hesitant', pitch('cake'), reason('cake'), record('cake', 'accepted'), ...toTheEnd);
    expect(heard(call)).toContain('yes');
    expect(rulesOf(call)).toEqual({
      'reason-given': true,
      'one-is-enough': true,
      'recorded-right': true,
      'let-finish': true,
      'kept-on-the-line': true,
    });
    expect(feedbackOf(call)).toMatchObject({ offered: 1, accepted: 1, leftOut: 0, secondsToRecord: 1.5 });
  });

  test('decides at once where the reason came first, and no later than the draw says', () => {
    expect(heard(play('hesitant', reason('cake'), pitch('cake', 0.69))).at(-1)).toBe('yes');
    expect(heard(play('hesitant', reason('cake'), pitch('cake', 0.7))).at(-1)).toBe('no');
  });

  test('takes one product and no second', () => {
    const call = play(
      'hesitant',
      ...[reason('cake'), pitch('cake'), record('cake', 'accepted')],
      ...[pitch('jam'), record('jam', 'declined')],
    );
    expect(heard(call).at(-1)).toBe('enough');
    expect(rulesOf(call)).toMatchObject({
      'one-is-enough': false,
      'reason-given': true,
      'recorded-right': true,
    });
  });

  test('has not answered before the reason: recording a no is wrong', () => {
    expect(rulesOf(play('hesitant', pitch('cake'), record('cake', 'declined')))).toMatchObject({
      'recorded-right': false,
      'reason-given': false,
    });
  });
});

describe('a hurried customer', () => {
  test('answers one offer, and hangs up after two words too many', () => {
    const call = play('hurried', pitch('cake', NO), record('cake', 'declined'), ...toTheEnd);
    expect(heard(call)).toEqual(['opening', 'no', 'wish', 'wish', 'done', 'goodbye']);
    expect(rulesOf(call)).toMatchObject({ 'one-offer': true, 'few-words': true, 'recorded-right': true });
    const pressed = play('hurried', reason('cake'), listen);
    expect(heard(pressed)).toEqual(['opening', 'impatient', 'impatient', 'hung-up']);
    expect(pressed.endedBy).toBe('customer');
    expect(rulesOf(pressed)).toMatchObject({
      'few-words': false,
      'kept-on-the-line': false,
      'let-finish': null,
    });
  });

  test('refuses a second offer', () => {
    const call = play('hurried', pitch('cake'), record('cake', 'accepted'), pitch('jam'));
    expect([call.offer?.answer, heard(call).at(-1)]).toEqual(['declined', 'impatient']);
    expect(rulesOf(continueCall(call, order))).toMatchObject({ 'one-offer': false, 'recorded-right': false });
  });
});

describe('an angry customer', () => {
  test('refuses everything until heard, twice at most', () => {
    const call = play('angry', pitch('cake'), record('cake', 'declined'), pitch('jam'));
    expect(heard(call)).toEqual(['opening', 'unheard', 'unheard', 'hung-up']);
    // The answer that ended the call could not be recorded.
    expect(rulesOf(call)).toMatchObject({ 'heard-first': false, 'recorded-right': true });
  });

  test('decides once heard, and hangs up at an offer after a no', () => {
    const call = play('angry', listen, pitch('cake', NO), record('cake', 'declined'));
    expect(heard(call)).toEqual(['opening', 'heard', 'no']);
    expect(rulesOf(continueCall(call, order))).toMatchObject({
      'heard-first': true,
      'no-is-no': true,
      'recorded-right': true,
      'let-finish': false,
    });
    const again = continueCall(call, pitch('jam'));
    expect([again.endedBy, rulesOf(again)['no-is-no']]).toEqual(['customer', false]);
  });

  test('decides as freely where a refusal came before it was heard', () => {
    const call = play('angry', pitch('cake'), record('cake', 'declined'), listen, pitch('jam'));
    expect([heard(call).at(-1), call.endedBy]).toEqual(['yes', null]);
  });

  test('hangs up at an offer after a no that nobody recorded, too', () => {
    const call = play('angry', listen, pitch('cake', NO), anythingElse, pitch('jam'));
    expect([heard(call).at(-1), rulesOf(call)['no-is-no']]).toEqual(['hung-up', false]);
  });

  test('was not heard where nothing was said at all', () => {
    expect(rulesOf(play('angry', ...toTheEnd))['heard-first']).toBe(false);
  });
});

test('what was answered and not recorded counts, whatever prompt comes next', () => {
  const call = play('hesitant', reason('cake'), pitch('cake'), anythingElse, pitch('jam'), order);
  expect(heard(call)).toContain('enough');
  expect(rulesOf(call)).toMatchObject({ 'recorded-right': false, 'one-is-enough': false });
  expect(feedbackOf(call)).toMatchObject({ offered: 2, accepted: 1 });
  expect(rulesOf(play('hesitant', pitch('cake'), ...toTheEnd))).toMatchObject({
    'reason-given': false,
    'recorded-right': false,
  });
});

test('the same offer said again costs patience', () => {
  const call = play('hesitant', reason('cake'), pitch('cake'), pitch('cake'));
  expect([heard(call).at(-1), call.endedBy]).toEqual(['again', null]);
  expect(continueCall(call, pitch('cake')).endedBy).toBe('customer');
});

test('a prompt left out is recorded as not offered, and nothing else is right for it', () => {
  for (const [result, isRight] of [
    ['not-offered', true],
    ['declined', false],
    ['accepted', false],
  ] as const)
    expect(rulesOf(play('hurried', record('cake', result)))['recorded-right']).toBe(isRight);
  expect(feedbackOf(play('hurried', record('cake', 'not-offered')))).toMatchObject({
    leftOut: 1,
    offered: 0,
  });
});

test('an answer that nobody recorded is not recorded right', () => {
  expect(rulesOf(play('hurried', pitch('cake'), order))['recorded-right']).toBe(false);
});

test('whatever the agent does, a call ends once, and its feedback has every rule of the customer', () => {
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const product = fc.constantFrom('cake', 'jam', 'milk');
  const anyAction = fc.oneof(
    fc.tuple(product, draw).map(([id, luck]) => pitch(id, luck)),
    fc.tuple(product, draw).map(([id, luck]) => reason(id, luck)),
    fc.constantFrom(listen, anythingElse, order),
    fc
      .tuple(product, fc.constantFrom('accepted' as const, 'declined' as const, 'not-offered' as const))
      .map(([id, result]) => record(id, result)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...TEMPERS), fc.array(anyAction, { maxLength: 30 }), (temper, actions) => {
      let call = startCall(temper, wishes);
      for (const action of actions) {
        const next = continueCall(call, action);
        if (call.endedBy) expect(next).toBe(call);
        expect(next.said.slice(0, call.said.length)).toEqual(call.said);
        call = next;
      }
      const ends = heard(call).filter((remark) => remark === 'hung-up' || remark === 'goodbye');
      expect(ends).toHaveLength(call.endedBy ? 1 : 0);
      const { rules, offered, accepted } = feedbackOf(call);
      expect(rules.map(({ rule }) => rule)).toEqual(RULES_OF[temper]);
      expect(accepted).toBeLessThanOrEqual(offered);
      if (call.endedBy) expect(call.offer).toBeNull();
    }),
  );
});
