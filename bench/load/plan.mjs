/** Legs of this name are run and dropped. */
export const WARM_UP = 'warm-up';
/** Baskets that are asked again and again in the cached leg. */
const CACHED_BASKETS = 64;

/**
 * The legs in the order they run: warm-ups, then per round the gateway and its control by turns. Every leg takes the
 * fixture up where the one before it ended: with more baskets than the gateway's cache holds, none has been kept.
 */
export function planLegs(flags, servers) {
  const named = (name) => servers.find((server) => server.name === name);
  const legs = createLegs(flags);
  const gateway = named('gateway');
  const plan = [];
  const add = (server, leg) => server && plan.push({ server, leg });
  for (const name of ['gateway', 'gateway + redis', 'bare Hono']) add(named(name), legs.warmUpHttp());
  for (const name of ['gateway', 'gateway + redis', 'bare ws']) add(named(name), legs.warmUpLive());
  for (let round = 1; round <= flags.rounds; round++) {
    for (const server of [gateway, named('bare Hono')]) add(server, legs.httpRate(round));
    for (const server of [gateway, named('bare ws')]) add(server, legs.liveRate(round));
    add(gateway, legs.httpCold(round));
    add(gateway, legs.httpCached(round));
    add(named('bare Hono'), legs.httpCold(round));
  }
  const withRedis = named('gateway + redis');
  for (const leg of ['httpRate', 'liveRate', 'httpCold', 'httpCached']) add(withRedis, legs[leg](1));
  return plan;
}

function createLegs(flags) {
  const { rate, seconds, throughputSeconds, warmUpSeconds, vus, sockets, baskets } = flags;
  let offset = 0;
  /** More than any server here answers a second. */
  const perSecondMax = 4000;
  const take = (count) => {
    const from = offset;
    offset = (offset + count) % baskets;
    return from;
  };
  const http = { kind: 'http', baskets };
  const atRate = (kind, name, round) => ({
    ...{ kind, name, round, load: 'rate', baskets, rate, seconds, sockets },
    offset: take(rate * seconds),
  });
  const closed = (name, round, over) => ({ ...http, name, round, load: 'closed', vus, ...over });
  return {
    warmUpHttp: () =>
      closed(WARM_UP, 0, { seconds: warmUpSeconds, offset: take(warmUpSeconds * perSecondMax) }),
    warmUpLive: () => ({ ...atRate('live', WARM_UP, 0), seconds: warmUpSeconds }),
    httpRate: (round) => atRate('http', `POST /v1/suggestions, ${rate}/s`, round),
    liveRate: (round) => atRate('live', `WebSocket /v1/live, ${rate} changes/s`, round),
    httpCold: (round) =>
      closed(`POST, ${vus} clients at full speed, cold`, round, {
        seconds: throughputSeconds,
        offset: take(throughputSeconds * perSecondMax),
      }),
    httpCached: (round) =>
      closed(`POST, ${vus} clients at full speed, cached`, round, {
        seconds: throughputSeconds,
        offset: 0,
        baskets: CACHED_BASKETS,
      }),
  };
}
