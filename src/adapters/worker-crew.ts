import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { BusFacts } from '../recommender/shared-change.ts';
import { ALIVE_MS } from './crew-link.ts';
import type { ProcessMetrics, ToPrimary, ToWorker } from './crew-messages.ts';

export interface WorkerCrewOptions {
  readonly count: number;
  /** Arguments of every worker. */
  readonly args: readonly string[];
  /** Called when a worker ended by itself, with the time until the next takes its place. */
  readonly onDeath: (facts: { pid: number | undefined; reason: string; againInMs: number }) => void;
  /** What a worker published; the others hear it. */
  readonly onChange?: (change: unknown) => void;
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
  /** `new`: to take the place of another once it is ready; `old`: another has taken its place. */
  role: 'member' | 'new' | 'old';
  isReady: boolean;
  readyAt: number;
  /** Deaths in a row since a worker last lived long. */
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
/** A worker that lived this long did not die because of how it started. */
const LONG_LIFE_MS = 60_000;
/** Workers finish open requests in 10 s; one that has not ended by this time is killed. */
const STOP_MS_MAX = 20_000;
const METRICS_MS_MAX = 1_000;
/** A worker that is to take another's place has to be ready within this time. */
const START_MS_MAX = 120_000;

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
  readonly #places: Place[];
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStarted = false;
  #isStopping = false;
  #isRolling = false;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.count }, () => newPlace('member'));
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

  /**
   * Replaces the workers by new ones, one at a time: a new one answers before the old one finishes, so that no request is
   * refused. The new ones run the program as it now is on the disk.
   *
   * @throws Error with the reason when one does not start, or this is under way; the others stay as they are
   */
  async roll(): Promise<void> {
    if (this.#isRolling) throw new Error('A rolling restart is under way.');
    this.#isRolling = true;
    try {
      for (const place of this.#places.slice()) if (!this.#isStopping) await this.#renew(place);
    } finally {
      this.#isRolling = false;
    }
  }

  followModel(): void {
    this.#tellAll({ kind: 'follow-model' });
  }

  /** Tells every worker of a change from elsewhere. */
  tell(change: unknown): void {
    this.#tellAll({ kind: 'change', change });
  }

  tellBus(facts: BusFacts): void {
    this.#tellAll({ kind: 'bus', facts });
  }

  /** Lets every worker finish; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#heartbeat);
    await Promise.all(this.#places.map((place) => this.#retire(place, false)));
  }

  /** Ends every worker at once. */
  kill(): void {
    this.#isStopping = true;
    for (const { worker, timer } of this.#places) {
      clearTimeout(timer);
      worker?.process.kill('SIGKILL');
    }
  }

  /** Skips a worker that has died: the next one in its place is new anyway. */
  async #renew(old: Place): Promise<void> {
    if (!old.isReady) return;
    const next = newPlace('new');
    this.#places.push(next);
    const patience = setTimeout(() => next.worker?.process.kill('SIGKILL'), START_MS_MAX);
    try {
      await this.#fork(next);
    } catch (error) {
      this.#places.splice(this.#places.indexOf(next), 1);
      throw error;
    } finally {
      clearTimeout(patience);
    }
    next.role = 'member';
    old.role = 'old';
    this.#tellCrew();
    await this.#retire(old, true);
    this.#places.splice(this.#places.indexOf(old), 1);
  }

  /** Resolves when the worker has finished; kills it where that takes too long. */
  async #retire({ worker, timer }: Place, isReplaced: boolean): Promise<void> {
    // The timer of a worker that died and whose successor is not there yet.
    clearTimeout(timer);
    if (!worker || worker.isDead()) return;
    const exited = once(worker, 'exit');
    tell(worker, { kind: 'stop', isReplaced });
    const patience = setTimeout(() => worker.process.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(patience);
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
        if (this.#isStarted && !this.#isStopping && place.role === 'member')
          this.#replace(place, worker, wasReady ? `ended with ${signal ?? code}` : error.message);
        if (wasReady && !this.#isStopping && (code !== 0 || signal !== null))
          this.#tellAll({ kind: 'read-again' });
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
    if (message.kind === 'change') {
      this.#tellAll(message, worker);
      this.#options.onChange?.(message.change);
    }
    if (message.kind === 'want-metrics') this.#askMetrics(worker, message.question);
    if (message.kind === 'metrics') {
      const asked = this.#questions.get(message.question);
      asked?.metrics.push(message.metrics);
      if (asked && --asked.waiting === 0) this.#answerMetrics(message.question);
    }
  }

  #askMetrics(worker: Worker, question: number): void {
    const id = ++this.#asked;
    const ready = this.#places.filter(({ isReady, role }) => isReady && role !== 'old');
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
    const live = this.#places.filter(({ isReady, role }) => isReady && role === 'member').length;
    this.#tellAll({ kind: 'crew', live, wanted: this.#options.count });
  }

  /** Reaches starting workers too: messages are kept for them until they read. */
  #tellAll(message: ToWorker, except?: Worker): void {
    for (const { worker } of this.#places) if (worker !== except) tell(worker, message);
  }
}

function newPlace(role: Place['role']): Place {
  return { worker: undefined, role, isReady: false, readyAt: 0, deaths: 0, missed: 0, timer: undefined };
}

function tell(worker: Worker | undefined, message: ToWorker): void {
  // One that ends meanwhile hears nothing; its exit is heard instead.
  if (worker?.isConnected()) worker.send(message, undefined, undefined, () => {});
}
