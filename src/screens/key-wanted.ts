/** Whether the gateway has refused this page for want of a key; the parts of the page that show it listen. */
export class KeyWanted {
  readonly #listeners = new Set<() => void>();
  #isWanted = false;

  get isWanted(): boolean {
    return this.#isWanted;
  }

  set(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const keyWanted = new KeyWanted();
