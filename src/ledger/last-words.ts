import type { OutcomeResult, RecordedLine, SaleEvent } from './events.ts';
import { instantMs } from './instant.ts';

/** What was said about one product in one basket. */
export interface Word {
  /** undefined: it was shown, and nothing said. */
  readonly result: OutcomeResult | undefined;
  readonly atMs: number;
  readonly id: string;
  readonly decisionId: string;
}

/** Product → words on it, by the ids of their events. */
type Words = ReadonlyMap<string, ReadonlyMap<string, Word>>;

/** A word may be this much later than the payment: the clocks of a till and an agent's desk differ. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** The words of a basket, by whether they were said before their product was paid. */
export interface JudgedWords {
  /** The last one on each product, of those that were. */
  readonly last: ReadonlyMap<string, Word>;
  /** Ids of the events that came too late to count. */
  readonly late: readonly string[];
}

const NOTHING_SAID: JudgedWords = { last: new Map(), late: [] };

export function judgeWords(said: Words, sales: Iterable<SaleEvent<RecordedLine>>): JudgedWords {
  if (said.size === 0) return NOTHING_SAID;
  const last = new Map<string, Word>();
  const late: string[] = [];
  const payments = paymentsOf(sales);
  for (const [productId, words] of said) {
    const untilMs = sayableUntil(payments, productId);
    for (const word of words.values()) {
      const known = last.get(productId);
      if (word.atMs > untilMs) late.push(word.id);
      else if (!known || isLater(word, known)) last.set(productId, word);
    }
  }
  return { last, late };
}

interface Payments {
  /** Product → its first receipt, epoch ms. */
  readonly firstMs: ReadonlyMap<string, number>;
  /** Last receipt of the basket; undefined where nothing is paid yet. */
  readonly lastMs: number | undefined;
}

function paymentsOf(sales: Iterable<SaleEvent<RecordedLine>>): Payments {
  const firstMs = new Map<string, number>();
  let lastMs: number | undefined;
  for (const { at, lines } of sales) {
    const atMs = instantMs(at);
    lastMs = Math.max(lastMs ?? atMs, atMs);
    for (const { productId } of lines) firstMs.set(productId, Math.min(firstMs.get(productId) ?? atMs, atMs));
  }
  return { firstMs, lastMs };
}

/** A product that nobody bought can be spoken of until the basket is paid. */
function sayableUntil({ firstMs, lastMs }: Payments, productId: string): number {
  const paidMs = firstMs.get(productId) ?? lastMs;
  return paidMs === undefined ? Number.POSITIVE_INFINITY : paidMs + CLOCKS_DIFFER_MS;
}

function isLater(a: Word, b: Word): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.id > b.id);
}
