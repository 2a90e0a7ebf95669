import { SharedArray } from 'k6/data';
import { instance, vu } from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import { WebSocket } from 'k6/websockets';
import { TREND_STATS, writeSummary } from './summary.js';

/*
 * Baskets that grow line by line on WebSockets, RATE messages a second over SOCKETS sockets for SECONDS; without a RATE each
 * socket sends the next state as soon as the last one is answered. Environment: URL, FIXTURE, SUMMARY; BASKETS of the
 * fixture from OFFSET on, again and again. `answer_ms` runs from the sending of a state of a basket to the first answer
 * that is as new: a state that a newer one overtook has waited until then.
 */
const { URL: url, FIXTURE, SECONDS, RATE, SOCKETS, OFFSET, BASKETS } = __ENV;
const baskets = new SharedArray('baskets', () => JSON.parse(open(FIXTURE)));
const answerMs = new Trend('answer_ms', true);
const sent = new Counter('messages_sent');
const failed = new Counter('answers_failed');
const unanswered = new Counter('answers_missing');
const degraded = new Counter('answers_degraded');
const overtaken = new Counter('answers_overtaken');
const LAST_ANSWER_MS_MAX = 2000;
/** Finished baskets a socket leaves open; the gateway allows 50. */
const OPEN_BASKETS = 25;

export const options = {
  scenarios: {
    sockets: {
      executor: 'per-vu-iterations',
      vus: Number(SOCKETS),
      iterations: 1,
      maxDuration: `${Number(SECONDS) + 15}s`,
      exec: 'grow',
    },
  },
  summaryTrendStats: TREND_STATS,
  systemTags: [],
};

export function grow() {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`);
  const waiting = [];
  const sender = messagesOf(vu.idInTest - 1);
  let isEnding = false;
  const tick = () => {
    const { texts, basketId, seq } = sender();
    waiting.push({ basketId, seq, at: instance.currentTestRunDuration });
    for (const text of texts) socket.send(text);
    sent.add(1);
  };
  const finish = () => {
    isEnding = true;
    socket.close();
  };
  let endsAt = 0;
  socket.onopen = () => {
    socket.send('{"type":"hello"}');
    endsAt = instance.currentTestRunDuration + Number(SECONDS) * 1000;
    if (RATE) keepTheRate(tick, () => setTimeout(finish, LAST_ANSWER_MS_MAX));
    else tick();
  };
  socket.onmessage = ({ data }) => {
    receive(JSON.parse(data), waiting);
    if (RATE || waiting.length > 0) return;
    if (instance.currentTestRunDuration < endsAt) tick();
    else finish();
  };
  socket.onerror = ({ error }) => {
    failed.add(1);
    console.error(`socket failed: ${error}`);
  };
  socket.onclose = () => {
    if (!isEnding) {
      failed.add(1);
      console.error('socket closed by the server');
    }
    if (waiting.length > 0) unanswered.add(waiting.length);
  };
}

/** Sockets take turns; a late timer does not delay the messages after it. */
function keepTheRate(tick, finish) {
  const intervalMs = (1000 * Number(SOCKETS)) / Number(RATE);
  const startedAt = instance.currentTestRunDuration + (intervalMs * vu.idInTest) / Number(SOCKETS);
  const messages = Math.round((Number(SECONDS) * 1000) / intervalMs);
  const next = (message) => {
    if (message > 0) tick();
    if (message === messages) {
      finish();
      return;
    }
    const dueAt = startedAt + message * intervalMs;
    setTimeout(() => next(message + 1), Math.max(0, dueAt - instance.currentTestRunDuration));
  };
  next(0);
}

function receive(message, waiting) {
  if (message.type === 'hello' || message.type === 'ping') return;
  if (message.type !== 'suggestions' || !message.suggestions) {
    failed.add(1);
    console.error(`unexpected message: ${JSON.stringify(message).slice(0, 300)}`);
    return;
  }
  const { basketId, seq } = message;
  const now = instance.currentTestRunDuration;
  if (message.degraded.length > 0) degraded.add(1);
  for (let at = waiting.length - 1; at >= 0; at--) {
    if (waiting[at].basketId !== basketId || waiting[at].seq > seq) continue;
    answerMs.add(now - waiting[at].at);
    if (waiting[at].seq < seq) overtaken.add(1);
    waiting.splice(at, 1);
  }
}

/**
 * The messages of one socket: each basket of its share whole with its first line, then a change for every further line.
 * A basket is closed only many baskets later: what is closed is not answered any more.
 */
function messagesOf(socket) {
  let place = socket;
  let basket = basketAt(place);
  let line = 0;
  const done = [];
  return () => {
    const texts = [];
    if (line === basket.basket.length) {
      done.push(`b-${place}`);
      if (done.length > OPEN_BASKETS) texts.push(JSON.stringify({ type: 'close', basketId: done.shift() }));
      place += Number(SOCKETS);
      basket = basketAt(place);
      line = 0;
    }
    const basketId = `b-${place}`;
    const seq = line;
    const added = [basket.basket[line++]];
    const message =
      seq === 0
        ? { type: 'basket', basketId, seq, storeId: basket.storeId, channel: basket.channel, basket: added }
        : { type: 'change', basketId, seq, add: added };
    texts.push(JSON.stringify(message));
    return { texts, basketId, seq };
  };
}

function basketAt(place) {
  return baskets[(Number(OFFSET) + (place % Number(BASKETS))) % baskets.length];
}

export const handleSummary = writeSummary;
