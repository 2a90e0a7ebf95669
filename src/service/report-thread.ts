import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Problem } from '../gateway/problem.ts';
import type { ReportSource } from '../gateway/report-source.ts';
import type { Reporter, ReportName, Reports } from '../gateway/reporter.ts';
import type { ReportNews, ReportOrder, ReportQuestion } from './report-worker.ts';

export interface ReportThreadOptions {
  /** Path of the data folder. */
  readonly path: string;
  /** Called when what reports are made from was thrown away and is made anew. */
  readonly onRebuild: (reason: string) => void;
}

/** How long the thread stays after its last report, so that the next one finds it warm. */
const IDLE_MS = 60_000;
const YOUNG_MIB = 64;
/** Longest silence of the thread while it makes a report: a step may wait for another process's. */
const SILENT_MS_MAX = 60_000;
/** Longest wait for a step that is under way when the gateway stops. */
const CLOSE_MS_MAX = 5_000;

interface Asked {
  /** Ends a thread that has not said anything for too long. */
  readonly patience: NodeJS.Timeout;
  readonly pause: () => Promise<void>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes reports in a thread of its own, which the first report starts and which ends some time after the last. It asks now and then whether
 * it may go on, so that the deadline of a request holds here as anywhere; what it has taken in by then is kept.
 */
export class ReportThread implements Reporter {
  readonly #options: ReportThreadOptions;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;
  #isClosed = false;

  constructor(options: ReportThreadOptions) {
    this.#options = options;
  }

  make<Name extends ReportName>(
    name: Name,
    question: Reports[Name]['question'],
    { pause, tenant, nowMs, categories }: ReportSource,
  ): Promise<Reports[Name]['answer']> {
    const about = { tenant, nowMs, categories };
    return this.#ask({ name, question, about }, pause) as Promise<Reports[Name]['answer']>;
  }

  /** Ends the thread between two steps. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#rejectAll(new Problem('stopping', 'The gateway stopped before the report was made.'));
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    const ended = once(worker, 'exit', { signal: AbortSignal.timeout(CLOSE_MS_MAX) });
    this.#letGo(worker);
    await ended.catch(() => worker.terminate());
  }

  #ask(report: ReportQuestion, pause: Asked['pause']): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new Problem('stopping', 'Reports are no longer made here.'));
    clearTimeout(this.#idle);
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    worker.ref();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        const detail = `The report thread has not responded for ${SILENT_MS_MAX / 1000} s.`;
        this.#fail(worker, new Problem('too-much', detail));
        void worker.terminate();
      }, SILENT_MS_MAX).unref();
      this.#asked.set(id, { patience, pause, resolve, reject });
      this.#tell({ kind: 'report', id, report });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('./report-worker.js', import.meta.url), {
      workerData: this.#options.path,
      // Nearly all that is read from the ledger is short-lived.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    worker.on('message', (news: ReportNews) => this.#hear(news));
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new Error('the report thread has ended')));
    return worker;
  }

  #hear(news: ReportNews): void {
    if (news.kind === 'rebuild') {
      this.#options.onRebuild(news.reason);
      return;
    }
    const { id } = news;
    const asked = this.#asked.get(id);
    if (!asked) return;
    asked.patience.refresh();
    if (news.kind === 'pause') {
      void this.#pause(id, asked);
      return;
    }
    if (news.kind === 'answer') asked.resolve(news.answer);
    else if (news.kind === 'problem') asked.reject(new Problem(news.type, news.detail));
    else asked.reject(news.error);
    this.#forget(id);
  }

  async #pause(id: number, { pause, reject }: Asked): Promise<void> {
    try {
      await pause();
      this.#tell({ kind: 'go', id });
    } catch (error) {
      this.#tell({ kind: 'stop', id });
      reject(error);
      this.#forget(id);
    }
  }

  #forget(id: number): void {
    clearTimeout(this.#asked.get(id)?.patience);
    this.#asked.delete(id);
    if (this.#asked.size > 0) return;
    const worker = this.#worker;
    // A process that has nothing else to do does not wait for the next report.
    worker?.unref();
    this.#idle = setTimeout(() => worker && this.#letGo(worker), IDLE_MS).unref();
  }

  #letGo(worker: Worker): void {
    clearTimeout(this.#idle);
    this.#tell({ kind: 'close' });
    if (this.#worker === worker) this.#worker = undefined;
  }

  #tell(order: ReportOrder): void {
    this.#worker?.postMessage(order);
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#rejectAll(error);
  }

  #rejectAll(error: Error): void {
    for (const { patience, reject } of this.#asked.values()) {
      clearTimeout(patience);
      reject(error);
    }
    this.#asked.clear();
  }
}
