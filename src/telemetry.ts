import { pino } from 'pino';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ProcessMetrics } from './adapters/crew-messages.ts';
import type { Log, Telemetry } from './gateway/telemetry-port.ts';

const REQUEST_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const STAGE_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05];

/** A gauge, read when metrics are asked for; summed over processes unless `aggregator` says otherwise. */
export interface GaugeFacts {
  readonly help: string;
  readonly read: () => number;
  readonly aggregator?: 'min' | 'max';
}

/** Where processes that answer together put their metrics, so that each can state those of all. */
export interface MetricsPool {
  offer(own: () => Promise<ProcessMetrics>): void;
  all(): Promise<readonly ProcessMetrics[]>;
}

/** Prometheus metrics of one process, stated together with those of the others in the pool. */
export function createTelemetry(gauges: Readonly<Record<string, GaugeFacts>>, pool?: MetricsPool): Telemetry {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `basketlift_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    buckets: number[],
  ) => new Histogram({ name: `basketlift_${name}`, help, labelNames, buckets, registers });
  for (const [name, { help, read, aggregator = 'sum' }] of Object.entries(gauges)) {
    new Gauge({
      name: `basketlift_${name}`,
      help,
      aggregator,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
  const requests = histogram(
    'request_seconds',
    'Duration of an HTTP request',
    ['route', 'status'],
    REQUEST_SECONDS,
  );
  const stages = histogram('stage_seconds', 'Duration of a stage, practice too', ['stage'], STAGE_SECONDS);
  const suggestions = histogram(
    'suggestions',
    'Suggestions in an answer, no practice',
    ['channel'],
    [0, 1, 2, 3, 5, 10, 50],
  );
  const degraded = counter('degraded_total', 'Answers that left something out, no practice', ['reason']);
  const cache = counter('cache_total', 'Look-ups of ranked candidates, practice too', ['source']);
  const events = counter('events_total', 'Events received', ['status']);
  const stock = counter('stock_rows_total', 'Stock rows received', ['verdict']);
  const sockets = new Gauge({ name: 'basketlift_sockets', help: 'Open live sockets', registers });
  const messages = counter('socket_messages_total', 'Messages received on live sockets', ['type']);
  const skipped = counter('suggestions_skipped_total', 'Live answers not sent', ['reason']);
  const shed = counter('shed_total', 'Requests, live answers and connections refused because of overload', [
    'what',
  ]);
  const lost = counter('decisions_lost_total', 'Decisions that could not be recorded', []);
  pool?.offer(() => registry.getMetricsAsJSON());
  return {
    request: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    stage: (stage, seconds) => stages.observe({ stage }, seconds),
    suggested: (channel, count) => suggestions.observe({ channel }, count),
    degraded: (reason) => degraded.inc({ reason }),
    cache: (source) => cache.inc({ source }),
    events: (status, count) => events.inc({ status }, count),
    stock: (verdict, count) => stock.inc({ verdict }, count),
    sockets: (open) => sockets.set(open),
    socketMessage: (type) => messages.inc({ type }),
    suggestionsSkipped: (reason) => skipped.inc({ reason }),
    decisionLost: () => lost.inc(),
    shed: (what) => shed.inc({ what }),
    exposition: async () =>
      pool ? AggregatorRegistry.aggregate([...(await pool.all())]).metrics() : registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Structured log on stderr, written without blocking requests; `flush` writes what is buffered. */
export function createLog(level: string): Log & { flush(): void } {
  const destination = pino.destination({ dest: 2, sync: false, minLength: 4096 });
  const timer = setInterval(() => destination.flush(), 500);
  timer.unref();
  const log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => destination.write(withoutKeys(line)) },
  );
  return {
    debug: (facts, message) => log.debug(facts, message),
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
    flush: () => destination.flushSync(),
  };
}

/**
 * The line with every key in it made unreadable. No line is meant to hold one; but a client may write its key into a
 * path, and an error may quote what it stumbled over, which no list of fields to redact can foresee.
 */
function withoutKeys(line: string): string {
  return line.includes('bl_') ? line.replaceAll(/bl_[\w-]{43}/g, 'bl_[key]') : line;
}
