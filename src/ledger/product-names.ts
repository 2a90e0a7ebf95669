/** What the codes of products in columns stand for, from 0 in order of arrival. */
export class ProductNames {
  readonly ids: string[] = [];
  readonly #codes = new Map<string, number>();

  codeOf(productId: string): number {
    const known = this.#codes.get(productId);
    if (known !== undefined) return known;
    this.#codes.set(productId, this.ids.length);
    return this.ids.push(productId) - 1;
  }
}
