import { WHOLE_BASIS_POINTS } from './apportion.ts';
import type { Place } from './basket-place.ts';

/** An agent's own place at which a part of what was sold counts. */
export interface PlacePart {
  readonly place: number;
  readonly basisPoints: number;
}

/** What the codes in columns of outcomes stand for; codes of places and currencies count from 0, those of customers from 1. */
export class OutcomeNames {
  readonly places: Place[] = [];
  readonly currencies: string[] = [];
  readonly #placeCodes = new Map<string, number>();
  readonly #currencyCodes = new Map<string, number>();

  constructor(places: Iterable<Place> = [], currencies: Iterable<string> = []) {
    for (const place of places) this.placeCode(place);
    for (const currency of currencies) this.currencyCode(currency);
  }

  /** The places of the agents who share it have codes as well then. */
  placeCode({ storeId, agentId, channel, shares }: Place): number {
    const fields = [storeId, agentId, channel];
    const key = JSON.stringify(shares ? [...fields, shares] : fields);
    const known = this.#placeCodes.get(key);
    if (known !== undefined) return known;
    for (const share of shares ?? []) this.placeCode({ storeId, agentId: share.agentId, channel });
    this.#placeCodes.set(key, this.places.length);
    return this.places.push({ storeId, agentId, channel, ...(shares && { shares }) }) - 1;
  }

  /** The places of those who share a place, each with its part; the place itself where nobody does. */
  partsOf(code: number): readonly PlacePart[] {
    const { storeId, channel, shares } = this.places[code]!;
    if (!shares) return [{ place: code, basisPoints: WHOLE_BASIS_POINTS }];
    return shares.map(({ agentId, basisPoints }) => ({
      place: this.placeCode({ storeId, agentId, channel }),
      basisPoints,
    }));
  }

  currencyCode(currency: string): number {
    const known = this.#currencyCodes.get(currency);
    if (known !== undefined) return known;
    this.#currencyCodes.set(currency, this.currencies.length);
    return this.currencies.push(currency) - 1;
  }
}
