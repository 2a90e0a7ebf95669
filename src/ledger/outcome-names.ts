import type { Place } from './basket-place.ts';

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

  placeCode({ storeId, agentId, channel }: Place): number {
    const key = JSON.stringify([storeId, agentId, channel]);
    const known = this.#placeCodes.get(key);
    if (known !== undefined) return known;
    this.#placeCodes.set(key, this.places.length);
    return this.places.push({ storeId, agentId, channel }) - 1;
  }

  currencyCode(currency: string): number {
    const known = this.#currencyCodes.get(currency);
    if (known !== undefined) return known;
    this.#currencyCodes.set(currency, this.currencies.length);
    return this.currencies.push(currency) - 1;
  }
}
