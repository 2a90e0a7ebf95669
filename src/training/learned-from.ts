/** What a manifest's parameter `learnedFrom` says: the baskets that the published arrays come from. */
export const LEARNED_FROM = { all: 'all baskets', withoutTest: 'first 90 % of the baskets' } as const;
