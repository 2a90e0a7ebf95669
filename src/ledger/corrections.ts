import { getOrMake } from './get-or-make.ts';
import type { PayEntry } from './pay-entry.ts';
import { canonicalJson } from './recorded-event.ts';

/**
 * What is known now about closed periods, less what was paid for them, then or by a correction since: late events, and
 * events that would now count otherwise. One entry for each entry that differs.
 *
 * Of what is known as it was paid, which is nearly all, nothing is kept but a sum while it is compared. So first all that was
 * paid is added, then all that is known; then, where that is wanted, what was paid is told once more.
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

  /** Whether something was paid and is not known any more, and all that was paid has to be told. */
  get isUntold(): boolean {
    return [...this.#periods.values()].some(({ minor, known, paid }) => minor.size > known.size + paid.size);
  }

  /** In the order in which it was paid. */
  tellPaid(entry: PayEntry): void {
    const [period, key] = subjectOf(entry);
    const { minor, known, paid } = this.#of(period);
    if (minor.has(key) && !known.has(key)) getOrMake(paid, key, () => entry);
  }

  /** @param period in which they are paid */
  entries(period: string): PayEntry[] {
    return [...this.#periods].flatMap(([about, { minor, known, paid }]) =>
      [...known, ...paid].map(([corrects, entry]) => ({
        ...entry,
        key: canonicalJson(['correction', canonicalJson([about, corrects]), period]),
        kind: 'correction' as const,
        amountMinor: minor.get(corrects)!,
        ...{ period, about, corrects },
      })),
    );
  }

  #of(period: string): Owed {
    return getOrMake(this.#periods, period, () => ({ minor: new Map(), known: new Map(), paid: new Map() }));
  }
}

/** What is owed of one period, by the key of its entry there; what comes to nothing is left out. */
interface Owed {
  readonly minor: Map<string, number>;
  /** The entries, as they are known now, and as they were paid where they are not known any more. */
  readonly known: Map<string, PayEntry>;
  readonly paid: Map<string, PayEntry>;
}

/** What is owed then. */
function addMinor({ minor }: Owed, key: string, more: number): number {
  const sum = (minor.get(key) ?? 0) + more;
  if (sum === 0) minor.delete(key);
  else minor.set(key, sum);
  return sum;
}

/** The closed period and the key of the entry there: of a correction those of what it corrects. */
function subjectOf({ period, key, about, corrects }: PayEntry): [period: string, key: string] {
  return corrects === undefined ? [period, key] : [about, corrects];
}
