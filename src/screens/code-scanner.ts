/** A barcode scanner types like a keyboard, but with at most this much time between two keys. */
const burstGapMs = 90;
const codeMin = 3;

/** Distinguishes keys pressed by a person from the characters of a scanned code, which never act as shortcuts. */
export class CodeScanner {
  readonly #onCode: (code: string) => void;
  #burst = '';
  #acts: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onCode called with a burst that ended with Enter */
  constructor(onCode: (code: string) => void) {
    this.#onCode = onCode;
  }

  /** The characters typed without a pause, which may turn out to be a code. */
  get burst(): string {
    return this.#burst;
  }

  /** @param act what the key does on its own; called once it is clear that the key is not part of a code */
  type(character: string, act?: () => void): void {
    clearTimeout(this.#timer);
    this.#burst += character;
    if (act) this.#acts.push(act);
    this.#timer = setTimeout(() => this.#pause(), burstGapMs);
  }

  /** Returns whether this Enter ends a scanned code. */
  enter(): boolean {
    const code = this.#burst;
    if (code.length < codeMin) return false;
    clearTimeout(this.#timer);
    this.#forget();
    this.#onCode(code);
    return true;
  }

  #pause(): void {
    const acts = this.#burst.length < codeMin ? this.#acts : [];
    this.#forget();
    for (const act of acts) act();
  }

  #forget(): void {
    this.#burst = '';
    this.#acts = [];
  }
}
