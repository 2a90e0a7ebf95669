/** Legs of this name are run and dropped. */
export const WARM_UP = 'warm-up';
/** Baskets that are asked again and again in the cached leg. */
const CACHED_BASKETS = 64;
/**
 * Sockets at full speed: few enough that all their messages are one turn's work, and with cached answers enough that each
 * stays below the gateway's 100 messages a second.
 */
const LIVE_COLD_CLIENTS = 32;
const LIVE_CACHED_CLIENTS = 96;
/** Answers a second that baskets are reserved for at full speed; more than a gateway on one processor gives. */
const PER_SECOND_MAX = 3000;

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
    for (const leg of legs.httpRates) for (const server of [gateway, bareHono]) add(server, leg, round);
    for (const server of [gateway, bareWs]) add(server, legs.liveRate, round);
    for (const leg of [legs.httpCold, legs.httpCached]) add(gateway, leg, round);
    add(bareHono, legs.httpCold, round);
    for (const leg of [legs.liveCold, legs.liveCached]) add(gateway, leg, round);
    add(bareWs, legs.liveCold, round);
  }
  const once = [
    ...legs.httpRates,
    legs.liveRate,
    legs.httpCold,
    legs.httpCached,
    legs.liveCold,
    legs.liveCached,
  ];
  for (const leg of once) add(withRedis, leg, 1);
  return plan;
}

function createLegs({ rate, highRate, seconds, throughputSeconds, warmUpSeconds, vus, sockets, baskets }) {
  const offsets = new Map();
  const take = (server, count) => {
    const offset = offsets.get(server) ?? 0;
    offsets.set(server, (offset + count) % baskets);
    return { offset, baskets };
  };
  const cached = { offset: 0, baskets: CACHED_BASKETS };
  const atRate = (perSecond) => (server, round) => ({
    name: `POST /v1/suggestions, ${perSecond}/s`,
    round,
    kind: 'http',
    load: 'rate',
    rate: perSecond,
    seconds,
    ...take(server, perSecond * seconds),
  });
  const closed = { kind: 'http', load: 'closed', vus };
  const cold = (server, duration) => ({
    ...closed,
    seconds: duration,
    ...take(server, duration * PER_SECOND_MAX),
  });
  // A basket takes several changes.
  const growing = (server, duration) => ({
    kind: 'live',
    load: 'rate',
    rate,
    sockets,
    seconds: duration,
    ...take(server, Math.ceil((duration * rate) / 3)),
  });
  const liveClosed = { kind: 'live', load: 'closed' };
  const asked = `POST, ${vus} clients at full speed`;
  const changed = (clients) => `WebSocket, ${clients} clients at full speed`;
  return {
    warmUpHttp: (server) => ({ name: WARM_UP, ...cold(server, warmUpSeconds) }),
    warmUpLive: (server) => ({ name: WARM_UP, ...growing(server, warmUpSeconds) }),
    httpRates: [rate, highRate].map(atRate),
    liveRate: (server, round) => ({
      name: `WebSocket /v1/live, ${rate} changes/s`,
      round,
      ...growing(server, seconds),
    }),
    httpCold: (server, round) => ({ name: `${asked}, cold`, round, ...cold(server, throughputSeconds) }),
    httpCached: (_, round) => ({
      name: `${asked}, cached`,
      round,
      ...closed,
      seconds: throughputSeconds,
      ...cached,
    }),
    liveCold: (server, round) => ({
      name: `${changed(LIVE_COLD_CLIENTS)}, cold`,
      round,
      ...liveClosed,
      sockets: LIVE_COLD_CLIENTS,
      seconds: throughputSeconds,
      ...take(server, (throughputSeconds * PER_SECOND_MAX) / 2),
    }),
    liveCached: (_, round) => ({
      name: `${changed(LIVE_CACHED_CLIENTS)}, cached`,
      round,
      ...liveClosed,
      sockets: LIVE_CACHED_CLIENTS,
      seconds: throughputSeconds,
      ...cached,
    }),
  };
}
