import type { ChangeChannel } from '../recommender/change-channel.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import type { ProcessMetrics, ToPrimary, ToWorker } from './crew-messages.ts';

/** A worker's link to the primary process of its crew and, through it, to the other workers. */
export interface CrewLink<Change> {
  readonly changes: ChangeChannel<Change>;
  /** Workers that answer, and how many should. */
  readonly crew: { readonly live: number; readonly wanted: number };
  /** How the primary process hears other machines; undefined where it does not. */
  readonly bus: BusFacts | undefined;
  readonly metrics: {
    offer(own: () => Promise<ProcessMetrics>): void;
    /** The metrics of all workers that answer within a second. */
    all(): Promise<readonly ProcessMetrics[]>;
  };
  ready(facts: unknown): void;
  /** Says why this worker cannot start; resolves when the message is sent. */
  failed(reason: string, isUsage: boolean): Promise<void>;
  /** The crew is to stop, or another worker has taken this one's place. */
  onStop(act: (isReplaced: boolean) => void): void;
  onFollowModel(act: () => void): void;
  /** Another worker died: what it wrote but had not announced is on the disk. */
  onReadAgain(act: () => void): void;
  close(): void;
}

/** This process's end of the pipe to the primary; tests pass another one. */
export type PrimaryPipe = Pick<NodeJS.Process, 'send' | 'on' | 'disconnect'>;

/** How often the primary hears that this worker's event loop turns. */
export const ALIVE_MS = 2_000;
/** Longest wait for the metrics of the others; after it this worker states its own alone. */
const METRICS_MS_MAX = 2_000;

export function openCrewLink<Change>(pipe: PrimaryPipe): CrewLink<Change> {
  const listeners: ((change: Change) => void)[] = [];
  const questions = new Map<number, (metrics: readonly ProcessMetrics[]) => void>();
  let own = async (): Promise<ProcessMetrics> => [];
  let crew = { live: 0, wanted: 0 };
  let bus: BusFacts | undefined;
  let stop: (isReplaced: boolean) => void = () => {};
  let followModel = () => {};
  let readAgain = () => {};
  let asked = 0;
  const send = (message: ToPrimary, sent?: () => void) => {
    // A message to a primary that is gone is lost; this worker ends then anyway.
    pipe.send?.(message, undefined, undefined, () => sent?.());
  };
  pipe.on('message', (message: ToWorker) => {
    if (message.kind === 'change') for (const listener of listeners) listener(message.change as Change);
    if (message.kind === 'crew') crew = { live: message.live, wanted: message.wanted };
    if (message.kind === 'bus') bus = message.facts;
    if (message.kind === 'stop') stop(message.isReplaced);
    if (message.kind === 'follow-model') followModel();
    if (message.kind === 'read-again') readAgain();
    if (message.kind === 'all-metrics') questions.get(message.question)?.(message.metrics);
    if (message.kind === 'give-metrics') {
      const { question } = message;
      void own().then((metrics) => send({ kind: 'metrics', question, metrics }));
    }
  });
  const heartbeat = setInterval(() => send({ kind: 'alive' }), ALIVE_MS);
  return {
    changes: {
      publish: (change) => send({ kind: 'change', change }),
      subscribe: (listener) => void listeners.push(listener),
    },
    get crew() {
      return crew;
    },
    get bus() {
      return bus;
    },
    metrics: {
      offer(read) {
        own = read;
      },
      async all() {
        const question = ++asked;
        const answer = new Promise<readonly ProcessMetrics[] | undefined>((resolve) => {
          questions.set(question, resolve);
          setTimeout(resolve, METRICS_MS_MAX, undefined).unref();
        });
        send({ kind: 'want-metrics', question });
        const metrics = await answer;
        questions.delete(question);
        return metrics ?? [await own()];
      },
    },
    ready: (facts) => send({ kind: 'ready', facts }),
    failed: (reason, isUsage) => new Promise((resolve) => send({ kind: 'failed', reason, isUsage }, resolve)),
    onStop(act) {
      stop = act;
    },
    onFollowModel(act) {
      followModel = act;
    },
    onReadAgain(act) {
      readAgain = act;
    },
    close() {
      clearInterval(heartbeat);
      pipe.disconnect?.();
    },
  };
}
