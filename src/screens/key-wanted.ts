/** Whether the gateway has refused this page's requests for lack of a key. The parts of the page that show this subscribe to it. */
export class KeyWanted {
  readonly #listeners = new Set<() => void>();
  #isWanted = false;
  #logIns = 0;

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Number of log-ins so far. A request should remember it when it is sent. */
  get logIns(): number {
    return this.#logIns;
  }

  /**
   * Call this when a request was refused for lack of a key. A late answer to a request from before the last log-in is ignored.
   *
   * @param logIns number of log-ins when the request was sent
   */
  refused(logIns: number): void {
    if (logIns === this.#logIns) this.#set(true);
  }

  loggedIn(): void {
    this.#logIns++;
    this.#set(false);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    for (const listener of this.#listeners) listener();
  }
}

export const keyWanted = new KeyWanted();
