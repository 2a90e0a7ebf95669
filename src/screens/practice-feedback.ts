import type { PracticeCall, SettledOffer, Temper } from './practice-call.ts';

/** The rules that a call is held against: some for every customer, some for one kind. */
export type PracticeRule =
  | 'recorded-right'
  | 'let-finish'
  | 'kept-on-the-line'
  | 'reason-given'
  | 'one-is-enough'
  | 'one-offer'
  | 'few-words'
  | 'heard-first'
  | 'no-is-no';

export const RULES_OF: Readonly<Record<Temper, readonly PracticeRule[]>> = {
  hesitant: ['reason-given', 'one-is-enough', 'recorded-right', 'let-finish', 'kept-on-the-line'],
  hurried: ['one-offer', 'few-words', 'recorded-right', 'let-finish', 'kept-on-the-line'],
  angry: ['heard-first', 'no-is-no', 'recorded-right', 'let-finish', 'kept-on-the-line'],
};

/** What happened in a call, as counts and as rules kept or broken: no score is made of them. */
export interface PracticeFeedback {
  /** `isKept` is null where the call gave no occasion. */
  readonly rules: readonly { readonly rule: PracticeRule; readonly isKept: boolean | null }[];
  readonly offered: number;
  readonly accepted: number;
  readonly leftOut: number;
  /** Median from the customer's answer to the key, in seconds; null without an answer. */
  readonly secondsToRecord: number | null;
}

export function feedbackOf(call: PracticeCall): PracticeFeedback {
  const { settled, temper, offersSaid } = call;
  return {
    rules: RULES_OF[temper].map((rule) => ({ rule, isKept: isKept(rule, call) })),
    offered: offersSaid,
    accepted: settled.filter(({ answer }) => answer === 'accepted').length,
    leftOut: settled.filter(({ isSaid }) => !isSaid).length,
    secondsToRecord: median(settled.flatMap(({ tookMs }) => (tookMs === null ? [] : tookMs / 1000))),
  };
}

function isKept(rule: PracticeRule, call: PracticeCall): boolean | null {
  const { settled, offer, offersSaid } = call;
  const said = settled.filter(({ isSaid }) => isSaid);
  switch (rule) {
    case 'recorded-right':
      // An answer that was given and not recorded is lost.
      if (offer !== null && offer.answer !== null) return false;
      return settled.length === 0 ? null : settled.every(({ isRight }) => isRight);
    case 'let-finish':
      return call.endedBy === 'customer' ? null : call.isDone;
    case 'kept-on-the-line':
      return call.endedBy !== 'customer';
    case 'reason-given':
      return said.length === 0 ? null : said.every((one) => one.isReasoned || isAfterYes(one, said));
    case 'one-is-enough':
      return said.some(({ answer }) => answer === 'accepted') ? said.at(-1)!.answer === 'accepted' : null;
    case 'one-offer':
      return offersSaid === 0 ? null : offersSaid === 1;
    case 'few-words':
      return !call.wasPressed;
    case 'heard-first':
      return offersSaid === 0 && !call.isHeard ? false : !call.wasOfferedUnheard;
    case 'no-is-no': {
      const refused = said.findIndex(({ answer }) => answer === 'declined');
      return refused < 0 ? null : refused === said.length - 1 && !call.wasPressed;
    }
  }
}

/** Nobody asks for the reason of what they refuse because they have enough. */
function isAfterYes(one: SettledOffer, said: readonly SettledOffer[]): boolean {
  return said.slice(0, said.indexOf(one)).some(({ answer }) => answer === 'accepted');
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
