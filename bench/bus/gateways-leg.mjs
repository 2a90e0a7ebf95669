import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { callJson } from '../call-json.mjs';
import { cpuSeconds } from '../process-usage.mjs';
import { MARKED_PRODUCTS, sendAtRate } from './stock-stream.mjs';

/** Between two products whose way is timed. */
const MARK_MS = 50;
const SEEN_MS_MAX = 10_000;
const LOOK_MS = 2;

/**
 * Two gateways each get half of the rows; now and then a row of one is looked for in the other until it is there.
 * Milliseconds from the answer's request to the sight of it, rows a second, processor time, and after a second of quiet
 * the rows that the two hold differently.
 */
export async function runGateways({ gateways, redis, nextRows, model, rate, seconds }) {
  const servers = [...gateways, redis];
  const before = servers.map(({ pid }) => cpuSeconds(pid));
  const started = performance.now();
  const marks = { isOver: false, tookMs: [] };
  const marking = mark({ gateways, model, marks });
  const sending = gateways.map((gateway) =>
    sendAtRate({ nextRows, rate: rate / 2, seconds, send: (rows) => state(gateway, rows) }),
  );
  const rowsPerSecond = (await Promise.all(sending)).reduce((sum, each) => sum + each, 0);
  marks.isOver = true;
  await marking;
  const wall = (performance.now() - started) / 1000;
  const cpu = servers.map(({ name, pid }, at) => [name, (cpuSeconds(pid) - before[at]) / wall]);
  await wait(1000);
  const differing = await countDiffering(gateways, model);
  return { rowsPerSecond, tookMs: marks.tookMs, cpu: Object.fromEntries(cpu), ...differing };
}

async function mark({ gateways, model, marks }) {
  const storeId = model.stores[0].id;
  for (let at = 0; !marks.isOver; at++) {
    const [from, to] = at % 2 === 0 ? gateways : [...gateways].reverse();
    const productId = model.products[at % MARKED_PRODUCTS].id;
    const onHand = 1_000 + at;
    const started = performance.now();
    await state(from, [{ storeId, productId, onHand, asOf: new Date().toISOString() }]);
    for (;;) {
      const held = await onHandOf(to, productId, storeId);
      const tookMs = performance.now() - started;
      if (held === onHand || tookMs > SEEN_MS_MAX) {
        marks.tookMs.push(tookMs);
        break;
      }
      await wait(LOOK_MS);
    }
    await wait(MARK_MS);
  }
}

async function countDiffering(gateways, { stores, products }) {
  let differing = 0;
  let compared = 0;
  for (const { id: storeId } of stores)
    for (let at = 0; at < products.length; at += 25) {
      const [one, two] = await Promise.all(gateways.map((each) => onHandOf(each, products[at].id, storeId)));
      compared++;
      if (one !== two) differing++;
    }
  return { compared, differing };
}

async function state(gateway, rows) {
  const { applied, stale } = await call(gateway, 'POST', '/v1/stock', { rows });
  if (applied + stale !== rows.length) throw new Error(`${gateway.name} rejected stock rows`);
}

async function onHandOf(gateway, productId, storeId) {
  const { stock } = await call(gateway, 'GET', `/v1/products/${productId}?storeId=${storeId}`);
  return stock?.onHand;
}

const agent = new Agent({ keepAlive: true });

function call({ url }, method, path, body) {
  return callJson(agent, method, url + path, body);
}
