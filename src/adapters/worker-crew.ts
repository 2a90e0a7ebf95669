import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { ALIVE_MS } from './crew-link.ts';
import type { ProcessMetrics, ToPrimary, ToWorker } from './crew-messages.ts';

export interface WorkerCrewOptions {
  readonly count: number;
  /** Arguments of every worker. */
  readonly args: readonly string[];
  /** A worker that ended by itself, and when the next takes its place. */
  readonly onDeath: (facts: { pid: number | undefined; reason: string; againInMs: number }) => void;
}

/** A worker said why it cannot start. */
export class CrewFailure extends Error {
  override readonly name = 'CrewFailure';
  readonly isUsage: boolean;

  constructor(reason: string, isUsage: boolean) {
    super(reason);
    this.isUsage = isUsage;
  }
}

interface Place {
  worker: Worker | undefined;
  isReady: boolean;
  readyAt: number;
  /** Deaths since one lived long. */
  deaths: number;
  /** Heartbeats missed in a row: counted, not timed, so that a machine that slept kills nobody. */
  missed: number;
  timer: NodeJS.Timeout | undefined;
}

interface Question {
  readonly worker: Worker;
  readonly question: number;
  readonly metrics: ProcessMetrics[];
  waiting: number;
  readonly timer: NodeJS.Timeout;
}

const MISSED_MAX = 5;
const BACK_OFF_MS = 100;
const BACK_OFF_MS_MAX = 30_000;
/** A worker that lived so long has not died of its start. */
const LONG_LIFE_MS = 60_000;
/** Workers finish open requests in 10 s; who has not ended then is ended. */
const STOP_MS_MAX = 15_000;
const METRICS_MS_MAX = 1_000;

/** Milliseconds until the next worker takes the place of one that died for the n-th time in a row. */
export function backOffMs(deaths: number): number {
  return Math.min(BACK_OFF_MS * 2 ** (deaths - 1), BACK_OFF_MS_MAX);
}

/**
 * Several processes of this program on one port. The primary process answers nobody: it starts workers, puts new ones in
 * the place of those that die or hang, and passes what one publishes on to the others.
 */
export class WorkerCrew {
  readonly #options: WorkerCrewOptions;
  readonly #places: readonly Place[];
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isStopping = false;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.count }, () => {
      return { worker: undefined, isReady: false, readyAt: 0, deaths: 0, missed: 0, timer: undefined };
    });
  }

  /**
   * Starts the first, then the others; resolves with what the first said when all are ready.
   *
   * @throws CrewFailure or Error with the reason when one cannot start; none is left then
   */
  async start(): Promise<unknown> {
    const [first, ...others] = this.#places as [Place, ...Place[]];
    try {
      // JSON has no infinity, which metrics have.
      cluster.setupPrimary({ args: [...this.#options.args], serialization: 'advanced' });
      const facts = await this.#fork(first);
      await Promise.all(others.map((place) => this.#fork(place)));
      this.#isStarted = true;
      this.#heartbeat = setInterval(() => this.#endHung(), ALIVE_MS);
      return facts;
    } catch (error) {
      this.kill();
      throw error;
    }
  }

  followModel(): void {
    this.#tellAll({ kind: 'follow-model' });
  }

  /** Lets every worker finish; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#heartbeat);
    const ends = this.#places.map(async ({ worker, timer }) => {
      clearTimeout(timer);
      if (worker && !worker.isDead()) await once(worker, 'exit');
    });
    this.#tellAll({ kind: 'stop' });
    const patience = setTimeout(() => this.kill(), STOP_MS_MAX);
    await Promise.all(ends);
    clearTimeout(patience);
  }

  /** Ends every worker at once. */
  kill(): void {
    this.#isStopping = true;
    for (const { worker, timer } of this.#places) {
      clearTimeout(timer);
      worker?.process.kill('SIGKILL');
    }
  }

  /** Resolves with what the worker says when it is ready. */
  #fork(place: Place): Promise<unknown> {
    const worker = cluster.fork();
    Object.assign(place, { worker, isReady: false, missed: 0 });
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      worker.on('message', (message: ToPrimary) => {
        if (message.kind === 'failed') failure = new CrewFailure(message.reason, message.isUsage);
        else if (message.kind === 'ready') {
          Object.assign(place, { isReady: true, readyAt: performance.now() });
          this.#tellCrew();
          resolve(message.facts);
        } else this.#hear(place, worker, message);
      });
      worker.once('exit', (code, signal) => {
        const error = failure ?? new Error(`A worker ended with ${signal ?? code} before it was ready.`);
        reject(error);
        const wasReady = place.isReady;
        Object.assign(place, { worker: undefined, isReady: false });
        if (this.#isStarted && !this.#isStopping)
          this.#replace(place, worker, wasReady ? `ended with ${signal ?? code}` : error.message);
        this.#tellCrew();
      });
    });
  }

  #replace(place: Place, { process: { pid } }: Worker, reason: string): void {
    const livedLong = place.readyAt > 0 && performance.now() - place.readyAt > LONG_LIFE_MS;
    place.deaths = livedLong ? 1 : place.deaths + 1;
    place.readyAt = 0;
    const againInMs = backOffMs(place.deaths);
    this.#options.onDeath({ pid, reason, againInMs });
    // One that cannot start is replaced like one that died: its exit follows.
    place.timer = setTimeout(() => void this.#fork(place).catch(() => {}), againInMs);
  }

  #hear(place: Place, worker: Worker, message: Exclude<ToPrimary, { kind: 'ready' | 'failed' }>): void {
    if (message.kind === 'alive') place.missed = 0;
    if (message.kind === 'change') this.#tellAll(message, worker);
    if (message.kind === 'want-metrics') this.#askMetrics(worker, message.question);
    if (message.kind === 'metrics') {
      const asked = this.#questions.get(message.question);
      asked?.metrics.push(message.metrics);
      if (asked && --asked.waiting === 0) this.#answerMetrics(message.question);
    }
  }

  #askMetrics(worker: Worker, question: number): void {
    const id = ++this.#asked;
    const ready = this.#places.filter(({ isReady }) => isReady);
    const timer = setTimeout(() => this.#answerMetrics(id), METRICS_MS_MAX);
    this.#questions.set(id, { worker, question, metrics: [], waiting: ready.length, timer });
    for (const place of ready) tell(place.worker, { kind: 'give-metrics', question: id });
  }

  #answerMetrics(id: number): void {
    const asked = this.#questions.get(id);
    if (!asked) return;
    this.#questions.delete(id);
    clearTimeout(asked.timer);
    const { worker, question, metrics } = asked;
    tell(worker, { kind: 'all-metrics', question, metrics });
  }

  #endHung(): void {
    for (const place of this.#places) {
      if (place.isReady && ++place.missed > MISSED_MAX) place.worker?.process.kill('SIGKILL');
    }
  }

  #tellCrew(): void {
    const live = this.#places.filter(({ isReady }) => isReady).length;
    this.#tellAll({ kind: 'crew', live, wanted: this.#places.length });
  }

  /** Also those that start: what they have not yet read is kept for them. */
  #tellAll(message: ToWorker, except?: Worker): void {
    for (const { worker } of this.#places) if (worker !== except) tell(worker, message);
  }
}

function tell(worker: Worker | undefined, message: ToWorker): void {
  // One that ends meanwhile hears nothing; its exit is heard instead.
  if (worker?.isConnected()) worker.send(message, undefined, undefined, () => {});
}
