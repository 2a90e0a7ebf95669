import { SharedArray } from 'k6/data';
import { scenario } from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';
import { TREND_STATS, writeSummary } from './summary.js';

/*
 * POST /v1/suggestions with one basket after the other. Environment: URL, FIXTURE, SUMMARY; SECONDS; RATE requests a
 * second, or VUS users that ask again as soon as they are answered; BASKETS of the fixture from OFFSET on, again and again.
 */
const { URL: url, FIXTURE, SECONDS, RATE, VUS, OFFSET, BASKETS } = __ENV;
const bodies = new SharedArray('bodies', () =>
  JSON.parse(open(FIXTURE)).map((basket) => JSON.stringify(basket)),
);
const failed = new Counter('answers_failed');
const degraded = new Counter('answers_degraded');
const hits = new Counter('cache_hits');
const post = { headers: { 'Content-Type': 'application/json' }, timeout: '5s' };
const duration = `${SECONDS}s`;

export const options = {
  scenarios: {
    baskets: RATE
      ? {
          executor: 'constant-arrival-rate',
          rate: Number(RATE),
          timeUnit: '1s',
          duration,
          preAllocatedVUs: 32,
          maxVUs: 256,
          gracefulStop: '5s',
          exec: 'ask',
        }
      : { executor: 'constant-vus', vus: Number(VUS), duration, gracefulStop: '5s', exec: 'ask' },
  },
  summaryTrendStats: TREND_STATS,
  systemTags: ['status'],
};

export function ask() {
  const at = (Number(OFFSET) + (scenario.iterationInTest % Number(BASKETS))) % bodies.length;
  const { status, body } = http.post(`${url}/v1/suggestions`, bodies[at], post);
  if (status !== 200 || !body.includes('"suggestions":[')) {
    failed.add(1);
    console.error(`status ${status}: ${String(body).slice(0, 300)}`);
  } else {
    if (!body.includes('"degraded":[]')) degraded.add(1);
    if (body.includes('"cache":"hit"')) hits.add(1);
  }
}

export const handleSummary = writeSummary;
