/** Whether the gateway has refused this page for want of a key; the parts of the page that show it listen. */
export class KeyWanted {
  readonly #listeners = new Set<() => void>();
  #isWanted = false;
  #logIns = 0;

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** Log-ins so far: what a request should remember when it is sent. */
  get logIns(): number {
    return this.#logIns;
  }

  /** A request was refused that was sent after so many log-ins; a late answer from before the last one says nothing. */
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
