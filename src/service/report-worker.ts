import { parentPort, workerData } from 'node:worker_threads';
import { openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { Problem, type ProblemType } from '../gateway/problem.ts';
import type { ReportSource } from '../gateway/report-source.ts';
import { type ReportName, type Reports, reportHere } from '../gateway/reporter.ts';

/** What the thread is told: a report to make, an answer to its `pause`, or that it is no longer needed. */
export type ReportOrder =
  | { readonly kind: 'report'; readonly id: number; readonly report: ReportQuestion }
  | { readonly kind: 'go' | 'stop'; readonly id: number }
  | { readonly kind: 'close' };

export interface ReportQuestion<Name extends ReportName = ReportName> {
  readonly name: Name;
  readonly question: Reports[Name]['question'];
  readonly about: Omit<ReportSource, 'pause'>;
}

/** What the thread says about a report: may it go on, the answer, or why there is none. */
export type ReportNews =
  | ({ readonly id: number } & (
      | { readonly kind: 'pause' }
      | { readonly kind: 'answer'; readonly answer: unknown }
      | { readonly kind: 'problem'; readonly type: ProblemType; readonly detail: string }
      | { readonly kind: 'failure'; readonly error: unknown }
    ))
  | { readonly kind: 'rebuild'; readonly reason: string };

/** The thread asks no more often than this whether it may go on. */
const PAUSE_EVERY_MS = 20;

const port = parentPort!;
const say = (news: ReportNews, given: readonly ArrayBuffer[] = []) => port.postMessage(news, given);
const onRebuild = (reason: string) => say({ kind: 'rebuild', reason });
const folder = openDataFolder(workerData as string, { outcomes: { onRebuild } });
const reporter = reportHere(folder);
const waiting = new Map<number, (mayGoOn: boolean) => void>();
const running = new Set<Promise<void>>();
let isClosing = false;

port.on('message', (order: ReportOrder) => {
  if (order.kind === 'report') {
    const made = make(order.id, order.report).finally(() => running.delete(made));
    running.add(made);
  }
  if (order.kind === 'close') void close();
  if (order.kind === 'go' || order.kind === 'stop') waiting.get(order.id)?.(order.kind === 'go');
});

async function make(id: number, { name, question, about }: ReportQuestion): Promise<void> {
  try {
    const source = { ...about, pause: pauseOf(id) };
    const answer = await reporter.make(name, question, source);
    // The text of an answer is handed over, not copied.
    say({ id, kind: 'answer', answer }, answer instanceof Uint8Array ? [answer.buffer] : []);
  } catch (error) {
    if (error instanceof Problem) say({ id, kind: 'problem', type: error.type, detail: error.message });
    else say({ id, kind: 'failure', error });
  }
}

function pauseOf(id: number): () => Promise<void> {
  let askedMs = performance.now();
  return async () => {
    if (performance.now() - askedMs < PAUSE_EVERY_MS) return;
    const mayGoOn =
      !isClosing &&
      (await new Promise<boolean>((resolve) => {
        waiting.set(id, resolve);
        say({ id, kind: 'pause' });
      }));
    waiting.delete(id);
    askedMs = performance.now();
    if (!mayGoOn) throw new Error('nobody is waiting for the report any more');
  };
}

/** Ends between two steps. */
async function close(): Promise<void> {
  isClosing = true;
  for (const resolve of waiting.values()) resolve(false);
  await Promise.all(running);
  await folder.close();
  port.close();
}
