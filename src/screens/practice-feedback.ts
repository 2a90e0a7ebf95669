import { offersSaid, type PracticeCall, type SettledOffer, type Temper } from './practice-call.ts';

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

/** @param call that has ended */
export function feedbackOf(call: PracticeCall): PracticeFeedback {
  const { settled, temper } = call;
  return {
    rules: RULES_OF[temper].map((rule) => ({ rule, isKept: isKept(rule, call) })),
    offered: offersSaid(call),
    accepted: settled.filter(({ answer }) => answer === 'accepted').length,
    leftOut: settled.filter(({ isSaid }) => !isSaid).length,
    secondsToRecord: median(settled.flatMap(({ tookMs }) => (tookMs === null ? [] : tookMs / 1000))),
  };
}

function isKept(rule: PracticeRule, call: PracticeCall): boolean | null {
  const said = call.settled.filter(({ isSaid }) => isSaid);
  const offered = said.length;
  switch (rule) {
    case 'recorded-right': {
      const recordable = call.settled.filter(({ isRight }) => isRight !== null);
      return recordable.length === 0 ? null : recordable.every(({ isRight }) => isRight);
    }
    case 'let-finish':
      return call.endedBy === 'customer' ? null : call.isDone;
    case 'kept-on-the-line':
      return call.endedBy !== 'customer';
    case 'reason-given':
      return offered === 0 ? null : said.every((one) => one.isReasoned || isAfterYes(one, said));
    case 'one-is-enough': {
      const accepted = said.findIndex(({ answer }) => answer === 'accepted');
      return accepted < 0 ? null : accepted === offered - 1;
    }
    case 'one-offer':
      return offered === 0 ? null : offered === 1;
    case 'few-words':
      return !call.wasPressed;
    case 'heard-first':
      return call.isHeard && !call.wasOfferedUnheard;
    case 'no-is-no':
      return call.wasRefused ? !call.wasOfferedAfterNo : null;
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
