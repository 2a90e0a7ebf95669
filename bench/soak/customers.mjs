import { on, once } from 'node:events';
import { WebSocket } from 'ws';
import { drawBaskets } from '../drawn-baskets.mjs';

/** Of a hundred turns of a client: what is left asks for suggestions. */
const EVENT_TURNS = 10;
const STOCK_TURNS = 3;
const RECONNECT_TURNS = 5;
/** Another version is put in service in the middle of so many turns: not when the memory is looked at. */
const PROMOTE_EVERY = 25_000;
const EVENTS_A_TURN = 10;
const ROWS_A_TURN = 100;
/** Different baskets, asked again and again: more than the gateway's cache keeps. */
const BASKETS = 50_000;
const SIZE_MAX = 8;
const ANSWER_MS_MAX = 10_000;

/**
 * Clients that ask, report, state stock, reconnect and put the other of the `versions` in service, each one thing after
 * the other, until all have sent `requests`. Counts into `counts`. Returns a promise for each client.
 */
export function createCustomers({ url, model, versions, counts, requests, clients, seed }) {
  const baskets = drawBaskets(model, seed, BASKETS, (random) => 1 + Math.floor(random * SIZE_MAX));
  const count = (name, more = 1) => {
    counts[name] = (counts[name] ?? 0) + more;
  };
  const context = { url, model, versions, baskets, count };
  const customer = async (number) => {
    for (let turn = number; (counts.sent ?? 0) < requests; turn += clients) {
      count('sent');
      try {
        await actOf(turn)(context, turn);
      } catch (error) {
        count('failed');
        console.error(error.message);
      }
    }
  };
  return Array.from({ length: clients }, (_, number) => customer(number));
}

function actOf(turn) {
  if (turn % PROMOTE_EVERY === PROMOTE_EVERY / 2) return promote;
  // A multiplicative hash: clients take steps of their own number, which would else always meet the same acts.
  const draw = (Math.imul(turn, 2654435761) >>> 0) % 100;
  if (draw < EVENT_TURNS) return reportEvents;
  if (draw < EVENT_TURNS + STOCK_TURNS) return stateStock;
  if (draw < EVENT_TURNS + STOCK_TURNS + RECONNECT_TURNS) return reconnect;
  return askForSuggestions;
}

async function askForSuggestions({ baskets, ...context }, turn) {
  const answer = await post(context, '/v1/suggestions', {
    ...question(context, baskets, turn),
    basketId: `b-${turn}`,
  });
  if (answer?.suggestions) context.count('suggestions');
}

async function reportEvents(context, turn) {
  const facts = { type: 'outcome', at: new Date().toISOString(), decisionId: 'd', productId: 'p' };
  const events = Array.from({ length: EVENTS_A_TURN }, (_, at) => ({
    id: `e-${turn}-${at}`,
    ...facts,
    result: 'accepted',
  }));
  const answer = await post(context, '/v1/events', { events });
  context.count('events', answer?.results.filter(({ status }) => status === 'stored').length ?? 0);
}

async function stateStock(context, turn) {
  const { stores, products } = context.model;
  const asOf = new Date().toISOString();
  const rows = Array.from({ length: ROWS_A_TURN }, (_, at) => ({
    storeId: stores[turn % stores.length].id,
    productId: products[(turn + at) % products.length].id,
    onHand: 20 + (turn % 80),
    asOf,
  }));
  const answer = await post(context, '/v1/stock', { rows });
  context.count('stockRows', answer?.applied ?? 0);
}

async function promote({ versions, ...context }, turn) {
  const version = versions[Math.ceil(turn / PROMOTE_EVERY) % versions.length];
  const answer = await post(context, `/v1/models/${version}/promote`, {});
  if (answer?.previousVersion) context.count('promotions');
}

/** A socket that asks once and is gone, now and then without a good-bye. */
async function reconnect({ url, count, baskets, ...context }, turn) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`);
  await once(socket, 'open');
  const basketId = `live-${turn % 1000}`;
  socket.send(JSON.stringify({ type: 'hello', resume: [basketId] }));
  socket.send(JSON.stringify({ type: 'basket', basketId, seq: turn, ...question(context, baskets, turn) }));
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  for await (const [data] of on(socket, 'message', { signal }))
    if (!String(data).includes('"type":"hello"')) break;
  if (turn % 2 === 0) socket.close();
  else socket.terminate();
  count('reconnects');
}

function question({ model }, baskets, turn) {
  const { store, items } = baskets[turn % baskets.length];
  return {
    storeId: model.stores[store].id,
    basket: Array.from(items, (item) => ({ productId: model.products[item].id })),
  };
}

async function post({ url, count }, path, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.status === 200) return answer;
  if (response.status !== 503) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  count('refused');
  return undefined;
}
