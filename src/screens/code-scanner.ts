/** A barcode scanner types like a keyboard, but with this little time between two keys. */
const burstGapMs = 90;
const codeMin = 3;

/** Tells the keys that a person presses from the characters of a scanned code, none of which is a shortcut. */
export class CodeScanner {
  readonly #onCode: (code: string) => void;
  #burst = '';
  #acts: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onCode takes a burst that ended with Enter */
  constructor(onCode: (code: string) => void) {
    this.#onCode = onCode;
  }

  /** What has come without a pause, and may become a code. */
  get burst(): string {
    return this.#burst;
  }

  /** @param act what the key means on its own: done when it turns out that no burst follows */
  type(character: string, act?: () => void): void {
    clearTimeout(this.#timer);
    this.#burst += character;
    if (act) this.#acts.push(act);
    this.#timer = setTimeout(() => this.#pause(), burstGapMs);
  }

  /** True when the Enter belongs to a scanned code. */
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
