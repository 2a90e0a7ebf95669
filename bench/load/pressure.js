import { SharedArray } from 'k6/data';
import { scenario } from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import { TREND_STATS, writeSummary } from './summary.js';

/*
 * POST /v1/suggestions at RATE a second for SECONDS, then at AFTER_RATE for AFTER_SECONDS, while STOCK_ROWS a second are
 * stated in requests of 1,000. All clients connect before. Environment: URL, FIXTURE, STOCK_FIXTURE, SUMMARY and these; 0
 * leaves a part out. A refusal is 503 with Retry-After, and none of the answers.
 */
const { URL: url, FIXTURE, STOCK_FIXTURE } = __ENV;
const [RATE, SECONDS, AFTER_RATE, AFTER_SECONDS, STOCK_ROWS] = [
  'RATE',
  'SECONDS',
  'AFTER_RATE',
  'AFTER_SECONDS',
  'STOCK_ROWS',
].map((name) => Number(__ENV[name]));
const ROWS_A_REQUEST = 1000;
const bodies = new SharedArray('bodies', () =>
  JSON.parse(open(FIXTURE)).map((basket) => JSON.stringify(basket)),
);
/** Written before: what k6 composes meanwhile, answers wait for. Each states its rows later than the one before. */
const statements = new SharedArray('statements', () => {
  const places = JSON.parse(open(STOCK_FIXTURE));
  const firstMs = Date.now();
  return Array.from({ length: Math.ceil((STOCK_ROWS * SECONDS) / ROWS_A_REQUEST) }, (_, request) => {
    const asOf = new Date(firstMs + request).toISOString();
    const rows = Array.from({ length: ROWS_A_REQUEST }, (_, row) => {
      const at = request * ROWS_A_REQUEST + row;
      return { ...places[at % places.length], onHand: 50 + (at % 50), asOf };
    });
    return JSON.stringify({ rows });
  });
});
const answered = new Counter('answered');
const answeredMs = new Trend('answered_ms', true);
const refused = new Counter('refused');
const refusedMs = new Trend('refused_ms', true);
const refusedAfterMs = new Trend('refused_after_ms', true);
const degraded = new Counter('answers_degraded');
const failed = new Counter('answers_failed');
const rowsApplied = new Counter('rows_applied');
const post = { headers: { 'Content-Type': 'application/json' }, timeout: '5s' };
/** One body in so many is read: k6 has to offer twice what the gateway can answer. */
const READ_EVERY = 8;
const unread = { ...post, responseType: 'none' };

const CLIENTS = 512;
const STOCK_CLIENTS = 16;
const PLANNED_CLIENTS = CLIENTS * (AFTER_RATE > 0 ? 2 : 1) + (STOCK_ROWS > 0 ? STOCK_CLIENTS : 0);
const CONNECT_SECONDS = 3;

const arriving = (rate, seconds, startSeconds, exec, clients) => ({
  ...{ executor: 'constant-arrival-rate', rate, timeUnit: '1s', gracefulStop: '5s', exec },
  ...{ duration: `${seconds}s`, startTime: `${CONNECT_SECONDS + startSeconds}s` },
  ...{ preAllocatedVUs: clients, maxVUs: clients },
});

export const options = {
  scenarios: {
    connect: {
      // All users of all scenarios: k6 gives a scenario any that are free.
      ...{ executor: 'per-vu-iterations', vus: PLANNED_CLIENTS, iterations: 1, exec: 'connect' },
      ...{ maxDuration: `${CONNECT_SECONDS}s`, gracefulStop: '0s' },
    },
    pressure: arriving(RATE, SECONDS, 0, 'ask', CLIENTS),
    ...(AFTER_RATE > 0 && { after: arriving(AFTER_RATE, AFTER_SECONDS, SECONDS, 'askAfter', CLIENTS) }),
    ...(STOCK_ROWS > 0 && {
      stock: arriving(STOCK_ROWS / ROWS_A_REQUEST, SECONDS, 0, 'state', STOCK_CLIENTS),
    }),
  },
  summaryTrendStats: TREND_STATS,
  systemTags: [],
};

export function connect() {
  http.get(`${url}/healthz`);
}

export function ask() {
  const isRead = scenario.iterationInTest % READ_EVERY === 0;
  const { status, timings, body, headers } = http.post(
    `${url}/v1/suggestions`,
    nextBody(),
    isRead ? post : unread,
  );
  if (status === 200 && (!isRead || body.includes('"suggestions":['))) {
    answered.add(1);
    answeredMs.add(timings.duration);
    if (isRead && !body.includes('"degraded":[]')) degraded.add(1);
    return;
  }
  if (status === 503 && headers['Retry-After']) {
    refused.add(1);
    refusedMs.add(timings.duration);
    return;
  }
  failed.add(1);
  console.error(`status ${status}: ${String(body).slice(0, 300)}`);
}

/** As `ask`; counts only whether it is refused, and how long after the pressure has ended. */
export function askAfter() {
  const { status } = http.post(`${url}/v1/suggestions`, nextBody(), post);
  if (status === 503) refusedAfterMs.add(Date.now() - scenario.startTime);
  else if (status !== 200) failed.add(1);
}

export function state() {
  const { status, body } = http.post(
    `${url}/v1/stock`,
    statements[scenario.iterationInTest % statements.length],
    post,
  );
  if (status === 200) rowsApplied.add(JSON.parse(body).applied);
  else failed.add(1);
}

function nextBody() {
  return bodies[scenario.iterationInTest % bodies.length];
}

export const handleSummary = writeSummary;
