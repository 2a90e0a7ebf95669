import type { OfferResult, Product } from './live-protocol.ts';

/** The customers that can be practised with. Each reacts by plain rules, which the page states. */
export const TEMPERS = ['hesitant', 'hurried', 'angry'] as const;
export type Temper = (typeof TEMPERS)[number];

/** What the customer can say. */
export type CustomerRemark =
  | 'opening'
  | 'wish'
  | 'done'
  | 'why'
  | 'yes'
  | 'no'
  | 'enough'
  | 'impatient'
  | 'unheard'
  | 'heard'
  | 'listening'
  | 'hung-up'
  | 'goodbye';

/** What the agent can say. */
export type AgentRemark = 'greeting' | 'pitch' | 'reason' | 'listen' | 'anything-else' | 'order';

export type Spoken =
  | { readonly by: 'customer'; readonly remark: CustomerRemark; readonly about?: string }
  | { readonly by: 'agent'; readonly remark: AgentRemark; readonly about?: string };

/** The prompt that is spoken about. */
export interface PracticeOffer {
  readonly productId: string;
  readonly isSaid: boolean;
  readonly isReasoned: boolean;
  /** null until the customer has decided. */
  readonly answer: 'accepted' | 'declined' | null;
  readonly answeredAtMs: number;
}

/** A prompt that was recorded, rightly or not. */
export interface SettledOffer {
  readonly isSaid: boolean;
  readonly isReasoned: boolean;
  readonly answer: PracticeOffer['answer'];
  readonly isRight: boolean;
  /** From the customer's answer to the key; null where none was given. */
  readonly tookMs: number | null;
}

export interface PracticeCall {
  readonly temper: Temper;
  /** What the customer came for: the first `asked` have been asked for. */
  readonly wishes: readonly Product[];
  readonly asked: number;
  readonly isDone: boolean;
  readonly said: readonly Spoken[];
  readonly offer: PracticeOffer | null;
  readonly settled: readonly SettledOffer[];
  /** Said so far, whatever came of them. */
  readonly offersSaid: number;
  /** An angry customer wants this before anything else. */
  readonly isHeard: boolean;
  readonly wasOfferedUnheard: boolean;
  readonly wasPressed: boolean;
  /** Remarks too many until the customer hangs up. */
  readonly patience: number;
  readonly endedBy: 'agent' | 'customer' | null;
}

export type PracticeAction = Saying | Recording | { readonly type: 'listen' | 'anything-else' | 'order' };

/** Of the prompt on the screen. */
interface Saying {
  readonly type: 'pitch' | 'reason';
  readonly productId: string;
  /** As they were said. */
  readonly words: string;
  /** From 0 to 1; decides where the rules leave it open. */
  readonly draw: number;
  readonly atMs: number;
}

interface Recording {
  readonly type: 'record';
  readonly productId: string;
  readonly result: OfferResult;
  readonly atMs: number;
}

/** How likely each says yes to an offer that was made as they like it. */
const YES_SHARE: Readonly<Record<Temper, number>> = { hesitant: 0.7, hurried: 0.5, angry: 0.4 };
const PATIENCE = 2;

/** @param wishes at least one */
export function startCall(temper: Temper, wishes: readonly Product[]): PracticeCall {
  const call: PracticeCall = {
    temper,
    wishes,
    asked: 0,
    isDone: false,
    said: [{ by: 'agent', remark: 'greeting' }],
    offer: null,
    settled: [],
    offersSaid: 0,
    isHeard: false,
    wasOfferedUnheard: false,
    wasPressed: false,
    patience: PATIENCE,
    endedBy: null,
  };
  return nextWish(call, 'opening');
}

/** The call after what the agent did; the same one once it has ended. */
export function continueCall(call: PracticeCall, action: PracticeAction): PracticeCall {
  if (call.endedBy) return call;
  switch (action.type) {
    case 'pitch':
      return hungUp(pitch(call, action));
    case 'reason':
      return hungUp(giveReason(call, action));
    case 'listen':
      return hungUp(listen(agentSays(call, 'listen')));
    case 'anything-else':
      return hungUp(anythingElse(agentSays(call, 'anything-else')));
    case 'record':
      return record(call, action);
    case 'order':
      return { ...customerSays(agentSays(call, 'order'), 'goodbye'), endedBy: 'agent' };
  }
}

function pitch(before: PracticeCall, { productId, words, draw, atMs }: Saying): PracticeCall {
  const offer = offerOf(before, productId);
  // Said twice it is pressing.
  if (offer.isSaid) return pressed(agentSays(before, 'pitch', words));
  const wasRefused = before.settled.some(({ isSaid, answer }) => isSaid && answer === 'declined');
  const wasAccepted = before.settled.some(({ answer }) => answer === 'accepted');
  const isFirst = before.offersSaid === 0;
  const call: PracticeCall = {
    ...agentSays(before, 'pitch', words),
    offer: { ...offer, isSaid: true },
    offersSaid: before.offersSaid + 1,
  };
  switch (call.temper) {
    case 'hesitant':
      if (wasAccepted) return answered(call, 'declined', atMs, 'enough');
      return offer.isReasoned ? decided(call, draw, atMs) : customerSays(call, 'why');
    case 'hurried':
      return isFirst ? decided(call, draw, atMs) : pressed(answered(call, 'declined', atMs));
    case 'angry':
      if (!call.isHeard)
        return { ...losesPatience(answered(call, 'declined', atMs, 'unheard')), wasOfferedUnheard: true };
      return wasRefused ? givesUp(answered(call, 'declined', atMs)) : decided(call, draw, atMs);
  }
}

function giveReason(before: PracticeCall, { productId, words, draw, atMs }: Saying): PracticeCall {
  const offer = offerOf(before, productId);
  const call = { ...agentSays(before, 'reason', words), offer: { ...offer, isReasoned: true } };
  if (call.temper === 'hurried') return pressed(call);
  if (call.temper === 'angry' && !call.isHeard) return losesPatience(customerSays(call, 'unheard'));
  const isAwaited = call.temper === 'hesitant' && offer.isSaid && offer.answer === null;
  return isAwaited ? decided(call, draw, atMs) : customerSays(call, 'listening');
}

function listen(call: PracticeCall): PracticeCall {
  if (call.temper === 'hurried') return pressed(call);
  if (call.temper === 'angry' && !call.isHeard) return { ...customerSays(call, 'heard'), isHeard: true };
  return customerSays(call, 'listening');
}

function anythingElse(call: PracticeCall): PracticeCall {
  if (call.asked < call.wishes.length) return nextWish(call, 'wish');
  if (call.isDone && call.temper === 'hurried') return pressed(call);
  return { ...customerSays(call, 'done'), isDone: true };
}

/** Right is what the customer answered; and "not offered" for what was never said. */
function record(call: PracticeCall, { productId, result, atMs }: Recording): PracticeCall {
  const { isSaid, isReasoned, answer, answeredAtMs } = offerOf(call, productId);
  // What is in the basket already is not asked for again.
  const wishes =
    result === 'accepted'
      ? call.wishes.filter(({ id }, at) => at < call.asked || id !== productId)
      : call.wishes;
  const settled: SettledOffer = {
    isSaid,
    isReasoned,
    answer,
    isRight: result === (isSaid ? answer : 'not-offered'),
    tookMs: answer === null ? null : atMs - answeredAtMs,
  };
  return { ...call, wishes, offer: null, settled: [...call.settled, settled] };
}

function nextWish(call: PracticeCall, remark: 'opening' | 'wish'): PracticeCall {
  const wish = call.wishes[call.asked];
  return { ...customerSays(call, remark, wish?.name), asked: call.asked + 1 };
}

function offerOf({ offer }: PracticeCall, productId: string): PracticeOffer {
  if (offer?.productId === productId) return offer;
  return { productId, isSaid: false, isReasoned: false, answer: null, answeredAtMs: 0 };
}

function decided(call: PracticeCall, draw: number, atMs: number): PracticeCall {
  const isYes = draw < YES_SHARE[call.temper];
  return answered(call, isYes ? 'accepted' : 'declined', atMs, isYes ? 'yes' : 'no');
}

function answered(
  call: PracticeCall,
  answer: 'accepted' | 'declined',
  answeredAtMs: number,
  remark?: CustomerRemark,
): PracticeCall {
  const said = remark ? customerSays(call, remark) : call;
  return { ...said, offer: { ...call.offer!, answer, answeredAtMs } };
}

function pressed(call: PracticeCall): PracticeCall {
  return { ...losesPatience(customerSays(call, 'impatient')), wasPressed: true };
}

function givesUp(call: PracticeCall): PracticeCall {
  return { ...pressed(call), patience: 0 };
}

function losesPatience(call: PracticeCall): PracticeCall {
  return { ...call, patience: call.patience - 1 };
}

function hungUp(call: PracticeCall): PracticeCall {
  return call.patience > 0 ? call : { ...customerSays(call, 'hung-up'), endedBy: 'customer' };
}

function agentSays(call: PracticeCall, remark: AgentRemark, about?: string): PracticeCall {
  return { ...call, said: [...call.said, { by: 'agent', remark, ...(about !== undefined && { about }) }] };
}

function customerSays(call: PracticeCall, remark: CustomerRemark, about?: string): PracticeCall {
  return { ...call, said: [...call.said, { by: 'customer', remark, ...(about !== undefined && { about }) }] };
}
