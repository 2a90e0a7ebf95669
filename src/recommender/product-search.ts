/** Finds products as they are typed at a till. */
export interface ProductSearch {
  /**
   * Items that match, best first: any word order, the last word as a prefix, one typo a word, an exact id or barcode first. Only items that
   * `accepts` keeps. An empty text matches nothing.
   */
  find(text: string, limit: number, accepts: (item: number) => boolean): number[];
}
