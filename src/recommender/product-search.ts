/** Finds products the way a till types them. */
export interface ProductSearch {
  /**
   * Items that match, best first: any word order, the last word as a prefix, one typo a word, an exact id or barcode first. Only items that
   * `accepts` keeps. An empty text matches nothing.
   */
  find(text: string, limit: number, accepts: (item: number) => boolean): number[];
}
