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
  | 'again'
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

/** A prompt that has had its turn. */
export interface SettledOffer extends Pick<PracticeOffer, 'isSaid' | 'isReasoned' | 'answer'> {
  /** Whether it was recorded as it was; null where the customer hung up before it could be. */
  readonly isRight: boolean | null;
  /** From the customer's answer to the key; null where either is missing. */
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
  /** An angry customer wants this before anything else. */
  readonly isHeard: boolean;
  readonly wasOfferedUnheard: boolean;
  /** Whether the customer, free to decide, said no; and whether something was offered after that. */
  readonly wasRefused: boolean;
  readonly wasOfferedAfterNo: boolean;
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

type WithOffer = PracticeCall & { readonly offer: PracticeOffer };

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
    isHeard: false,
    wasOfferedUnheard: false,
    wasRefused: false,
    wasOfferedAfterNo: false,
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
      return hungUp(pitch(turnTo(call, action.productId), action));
    case 'reason':
      return hungUp(giveReason(turnTo(call, action.productId), action));
    case 'listen':
      return hungUp(listen(agentSays(call, 'listen')));
    case 'anything-else':
      return hungUp(anythingElse(agentSays(call, 'anything-else')));
    case 'record':
      return record(turnTo(call, action.productId), action);
    case 'order':
      return { ...customerSays(agentSays(turnAway(call), 'order'), 'goodbye'), endedBy: 'agent' };
  }
}

/** Prompts whose sentence was said, also the one that is spoken about. */
export function offersSaid({ settled, offer }: PracticeCall): number {
  return settled.filter(({ isSaid }) => isSaid).length + (offer?.isSaid ? 1 : 0);
}

function pitch(before: WithOffer, { words, draw, atMs }: Saying): PracticeCall {
  if (before.offer.isSaid) return saidAgain(agentSays(before, 'pitch', words));
  const { temper, isHeard, wasRefused } = before;
  const wasAccepted = before.settled.some(({ answer }) => answer === 'accepted');
  const isFirst = offersSaid(before) === 0;
  const call = {
    ...agentSays(before, 'pitch', words),
    offer: { ...before.offer, isSaid: true },
    wasOfferedAfterNo: before.wasOfferedAfterNo || wasRefused,
  };
  switch (temper) {
    case 'hesitant':
      if (wasAccepted) return answered(call, 'declined', atMs, 'enough');
      return call.offer.isReasoned ? decided(call, draw, atMs) : customerSays(call, 'why');
    case 'hurried':
      return isFirst ? decided(call, draw, atMs) : pressed(answered(call, 'declined', atMs));
    case 'angry':
      if (!isHeard)
        return { ...losesPatience(answered(call, 'declined', atMs, 'unheard')), wasOfferedUnheard: true };
      return wasRefused ? givesUp(answered(call, 'declined', atMs)) : decided(call, draw, atMs);
  }
}

function giveReason(before: WithOffer, { words, draw, atMs }: Saying): PracticeCall {
  const { offer, temper, isHeard } = before;
  const call = { ...agentSays(before, 'reason', words), offer: { ...offer, isReasoned: true } };
  if (temper === 'hurried') return pressed(call);
  if (temper === 'angry' && !isHeard) return losesPatience(customerSays(call, 'unheard'));
  const isAwaited = temper === 'hesitant' && offer.isSaid && offer.answer === null;
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
function record(call: WithOffer, { productId, result, atMs }: Recording): PracticeCall {
  const { isSaid, answer, answeredAtMs } = call.offer;
  // What is in the basket already is not asked for again.
  const wishes =
    result === 'accepted'
      ? call.wishes.filter(({ id }, at) => at < call.asked || id !== productId)
      : call.wishes;
  const isRight = result === (isSaid ? answer : 'not-offered');
  return { ...settle(call, isRight, answer === null ? null : atMs - answeredAtMs), wishes };
}

/** The prompt that is spoken about is now this one: what was said of another one stays without a record. */
function turnTo(call: PracticeCall, productId: string): WithOffer {
  const { offer } = call;
  if (offer?.productId === productId) return { ...call, offer };
  const fresh = { productId, isSaid: false, isReasoned: false, answer: null, answeredAtMs: 0 };
  return { ...turnAway(call), offer: fresh };
}

function turnAway(call: PracticeCall): PracticeCall {
  return call.offer?.isSaid ? settle({ ...call, offer: call.offer }, false, null) : { ...call, offer: null };
}

function settle({ offer, ...call }: WithOffer, isRight: boolean | null, tookMs: number | null): PracticeCall {
  const { isSaid, isReasoned, answer } = offer;
  return {
    ...call,
    offer: null,
    settled: [...call.settled, { isSaid, isReasoned, answer, isRight, tookMs }],
  };
}

function nextWish(call: PracticeCall, remark: 'opening' | 'wish'): PracticeCall {
  return { ...customerSays(call, remark, call.wishes[call.asked]?.name), asked: call.asked + 1 };
}

function decided(call: WithOffer, draw: number, atMs: number): PracticeCall {
  const isYes = draw < YES_SHARE[call.temper];
  const after = answered(call, isYes ? 'accepted' : 'declined', atMs, isYes ? 'yes' : 'no');
  return { ...after, wasRefused: call.wasRefused || !isYes };
}

function answered(
  call: WithOffer,
  answer: 'accepted' | 'declined',
  answeredAtMs: number,
  remark?: CustomerRemark,
): WithOffer {
  const said = remark ? customerSays(call, remark) : call;
  return { ...said, offer: { ...call.offer, answer, answeredAtMs } };
}

function saidAgain(call: PracticeCall): PracticeCall {
  if (call.temper === 'hurried') return pressed(call);
  return { ...losesPatience(customerSays(call, 'again')), wasPressed: true };
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
  if (call.patience > 0) return call;
  const ended = { ...customerSays(call, 'hung-up'), endedBy: 'customer' as const };
  const { offer } = call;
  if (!offer?.isSaid) return { ...ended, offer: null };
  // The answer that ended the call could not be recorded any more.
  return settle({ ...ended, offer }, null, null);
}

function agentSays<Call extends PracticeCall>(call: Call, remark: AgentRemark, about?: string): Call {
  return { ...call, said: [...call.said, { by: 'agent', remark, ...(about !== undefined && { about }) }] };
}

function customerSays<Call extends PracticeCall>(call: Call, remark: CustomerRemark, about?: string): Call {
  return { ...call, said: [...call.said, { by: 'customer', remark, ...(about !== undefined && { about }) }] };
}
