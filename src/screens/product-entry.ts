import type { Product } from './live-protocol.ts';
import type { ProductCatalogue } from './product-catalogue.ts';
import type { Register } from './register.ts';

/**
 * Adds products that were asked for by a scanned code or a typed name. They enter the basket in the order in which they were asked
 * for, however late the answers come, and a payment waits for them.
 */
export class ProductEntry {
  readonly #register: Pick<Register, 'add' | 'pay' | 'state' | 'status'>;
  readonly #catalogue: Pick<ProductCatalogue, 'byCode'>;
  readonly #listeners = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();
  #added: Product | null = null;
  #missing: { readonly basketId: string; readonly asked: readonly string[] } | null = null;
  /** How many times something was not found. */
  #misses = 0;

  constructor(
    register: Pick<Register, 'add' | 'pay' | 'state' | 'status'>,
    catalogue: Pick<ProductCatalogue, 'byCode'>,
  ) {
    this.#register = register;
    this.#catalogue = catalogue;
  }

  /** The last product that was added. */
  get added(): Product | null {
    return this.#added;
  }

  /** What was asked for and not found: the customer may be holding it. */
  get missing(): readonly string[] {
    return this.#missing?.basketId === this.#register.state.basketId ? this.#missing.asked : [];
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  scan(code: string): void {
    const found = this.#catalogue.byCode(code, this.#register.status === 'connected');
    void this.#inTurn(async () => {
      const product = await found;
      if (product) this.#add(product);
      else this.#miss(code);
    });
  }

  /** Adds the product found for a typed text. Somebody who types has seen what was missing, so that message goes. */
  enter(text: string, found: Promise<Product | null>): Promise<Product | null> {
    return this.#inTurn(async () => {
      const product = await found;
      if (product) this.add(product);
      else this.#miss(text);
      return product;
    });
  }

  add(product: Product): void {
    this.#missing = null;
    this.#add(product);
  }

  forgetMissing(): void {
    this.#missing = null;
    this.#changed();
  }

  /** Pays once all look-ups are done, unless one of them finds nothing: the cashier has to see that first. */
  pay(): void {
    const misses = this.#misses;
    void this.#inTurn(async () => {
      if (this.#misses === misses) this.#register.pay();
    });
  }

  #add(product: Product): void {
    this.#added = product;
    this.#register.add(product);
    this.#changed();
  }

  #miss(asked: string): void {
    this.#misses++;
    this.#added = null;
    this.#missing = {
      basketId: this.#register.state.basketId,
      asked: [...this.missing.filter((other) => other !== asked), asked],
    };
    this.#changed();
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
