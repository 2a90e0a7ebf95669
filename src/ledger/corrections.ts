import { getOrMake } from './get-or-make.ts';
import type { PayEntry } from './pay-entry.ts';
import { canonicalJson } from './recorded-event.ts';

/**
 * What is known now about closed periods, minus what was paid for them, at closing or by later corrections. It differs by late events, and
 * by events that would now count otherwise. One entry for each entry that differs.
 *
 * Entries known as they were paid, nearly all, take no memory but a sum while they are compared. So first add all that was paid, then all
 * that is known; then, if `isUntold`, pass all that was paid to `tellPaid`.
 */
export class Corrections {
  /** By closed period. */
  readonly #periods = new Map<string, Owed>();

  addPaid(entry: PayEntry): void {
    const [period, key] = subjectOf(entry);
    addMinor(this.#of(period), key, -entry.amountMinor);
  }

  /** @param entry of a closed period */
  addKnown(entry: PayEntry): void {
    const owed = this.#of(entry.period);
    if (addMinor(owed, entry.key, entry.amountMinor) === 0) owed.known.delete(entry.key);
    else getOrMake(owed.known, entry.key, () => entry);
  }

  /** Whether something that was paid is no longer known, so that all that was paid must be passed to `tellPaid`. */
  get isUntold(): boolean {
    return [...this.#periods.values()].some(({ minor, known, paid }) => minor.size > known.size + paid.size);
  }

  /** Call in the order in which entries were paid. */
  tellPaid(entry: PayEntry): void {
    const [period, key] = subjectOf(entry);
    const { minor, known, paid } = this.#of(period);
    if (minor.has(key) && !known.has(key)) getOrMake(paid, key, () => entry);
  }

  /** @param period in which the corrections are paid */
  entries(period: string): PayEntry[] {
    return [...this.#periods].flatMap(([about, { minor, known, paid }]) =>
      [...known, ...paid].map(([corrects, { pool: _, ...entry }]) => ({
        ...entry,
        key: canonicalJson(['correction', canonicalJson([about, corrects]), period]),
        kind: 'correction' as const,
        amountMinor: minor.get(corrects)!,
        period,
        about,
        corrects,
      })),
    );
  }

  #of(period: string): Owed {
    return getOrMake(this.#periods, period, () => ({ minor: new Map(), known: new Map(), paid: new Map() }));
  }
}

/** What is owed for one period, by the key of its entry there; zero amounts are left out. */
interface Owed {
  readonly minor: Map<string, number>;
  /** `known`: entries as known now; `paid`: entries as paid, where they are no longer known. */
  readonly known: Map<string, PayEntry>;
  readonly paid: Map<string, PayEntry>;
}

/** Returns what is owed afterwards. */
function addMinor({ minor }: Owed, key: string, more: number): number {
  const sum = (minor.get(key) ?? 0) + more;
  if (sum === 0) minor.delete(key);
  else minor.set(key, sum);
  return sum;
}

/** The closed period and the key of the entry there; for a correction, those of the entry that it corrects. */
function subjectOf({ period, key, about, corrects }: PayEntry): [period: string, key: string] {
  return corrects === undefined ? [period, key] : [about, corrects];
}
