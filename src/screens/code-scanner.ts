/** A barcode scanner types like a keyboard, but with this little time between two keys. */
const burstGapMs = 90;
const codeMin = 3;

export interface CodeScannerOptions {
  /** One key alone, after the gap has passed. */
  readonly onKey: (key: string) => void;
  /** A burst that ended with Enter. */
  readonly onCode: (code: string) => void;
}

/** Tells a cashier's single digit key from the digits of a scanned barcode. */
export class CodeScanner {
  readonly #options: CodeScannerOptions;
  #typed = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CodeScannerOptions) {
    this.#options = options;
  }

  type(digit: string): void {
    clearTimeout(this.#timer);
    this.#typed += digit;
    this.#timer = setTimeout(() => this.#pause(), burstGapMs);
  }

  /** True when the Enter belongs to a scanned code. */
  enter(): boolean {
    const code = this.#typed;
    if (code.length < codeMin) return false;
    clearTimeout(this.#timer);
    this.#typed = '';
    this.#options.onCode(code);
    return true;
  }

  #pause(): void {
    const typed = this.#typed;
    this.#typed = '';
    if (typed.length < codeMin) for (const key of typed) this.#options.onKey(key);
  }
}
