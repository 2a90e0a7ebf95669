/** Work that takes several turns of the event loop, done in the order in which it came, one piece after the other. */
export class WorkQueue {
  readonly #waitingMax: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** What the work resolves to or rejects with; undefined, and nothing is done, where too much waits already. */
  run<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#waiting >= this.#waitingMax) return undefined;
    this.#waiting++;
    const done = this.#last.then(work);
    this.#last = done.catch(() => {}).finally(() => this.#waiting--);
    return done;
  }
}
