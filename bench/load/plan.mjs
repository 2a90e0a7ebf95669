/** Legs of this name are run and dropped. */
export const WARM_UP = 'warm-up';
/** Baskets that are asked again and again in the cached leg. */
const CACHED_BASKETS = 64;
/** Answers a second that baskets are reserved for at full speed; more than a gateway on one processor gives. */
const PER_SECOND_MAX = 2000;

/**
 * The legs in the order they run: warm-ups, then per round the gateway and its control by turns. A leg asks a server for
 * baskets that no leg before it has asked it for, until the fixture ends and begins again; it holds more than the
 * gateway's own cache keeps.
 */
export function planLegs(flags, servers) {
  const named = (name) => servers.find((server) => server.name === name);
  const [gateway, withRedis] = [named('gateway'), named('gateway + redis')];
  const [bareHono, bareWs] = [named('bare Hono'), named('bare ws')];
  const legs = createLegs(flags);
  const plan = [];
  const add = (server, leg, round) => server && plan.push({ server, leg: leg(server, round) });
  for (const server of [gateway, withRedis, bareHono]) add(server, legs.warmUpHttp, 0);
  for (const server of [gateway, withRedis, bareWs]) add(server, legs.warmUpLive, 0);
  for (let round = 1; round <= flags.rounds; round++) {
    for (const server of [gateway, bareHono]) add(server, legs.httpRate, round);
    for (const server of [gateway, bareWs]) add(server, legs.liveRate, round);
    add(gateway, legs.httpCold, round);
    add(gateway, legs.httpCached, round);
    add(bareHono, legs.httpCold, round);
  }
  for (const leg of [legs.httpRate, legs.liveRate, legs.httpCold, legs.httpCached]) add(withRedis, leg, 1);
  return plan;
}

function createLegs({ rate, seconds, throughputSeconds, warmUpSeconds, vus, sockets, baskets }) {
  const offsets = new Map();
  const take = (server, count) => {
    const offset = offsets.get(server) ?? 0;
    offsets.set(server, (offset + count) % baskets);
    return { offset, baskets };
  };
  const asked = `POST, ${vus} clients at full speed`;
  const closed = { kind: 'http', load: 'closed', vus };
  const live = { kind: 'live', load: 'rate', rate, sockets };
  const cold = (server, duration) => ({
    ...closed,
    seconds: duration,
    ...take(server, duration * PER_SECOND_MAX),
  });
  // A basket takes several changes.
  const growing = (server, duration) => ({
    ...live,
    seconds: duration,
    ...take(server, Math.ceil((duration * rate) / 3)),
  });
  return {
    warmUpHttp: (server) => ({ name: WARM_UP, ...cold(server, warmUpSeconds) }),
    warmUpLive: (server) => ({ name: WARM_UP, ...growing(server, warmUpSeconds) }),
    httpRate: (server, round) => ({
      ...{ name: `POST /v1/suggestions, ${rate}/s`, round, kind: 'http', load: 'rate', rate, seconds },
      ...take(server, rate * seconds),
    }),
    liveRate: (server, round) => ({
      ...{ name: `WebSocket /v1/live, ${rate} changes/s`, round },
      ...growing(server, seconds),
    }),
    httpCold: (server, round) => ({ name: `${asked}, cold`, round, ...cold(server, throughputSeconds) }),
    httpCached: (_, round) => ({
      ...{ name: `${asked}, cached`, round, ...closed, seconds: throughputSeconds },
      ...{ offset: 0, baskets: CACHED_BASKETS },
    }),
  };
}
