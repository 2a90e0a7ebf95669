import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import { readConfig } from '../config.ts';
import { EMBEDDED_ACCESS } from '../gateway/access.ts';
import type { CandidateRanking } from '../gateway/run-off-policy.ts';
import { stateAcceptance } from '../recommender/acceptance.ts';
import { resolveBasket } from '../recommender/basket.ts';
import { rankCandidates } from '../recommender/candidates.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import { isSubstituteOf } from '../recommender/substitute-of.ts';
import { bindModel, loadVersion } from '../service/served-version.ts';

/**
 * Ranks logged baskets with another version, leaving out what replaces a product of the basket. The log names customers by pseudonyms, so
 * nobody is recognised; stores sell what the version and today's stock say.
 *
 * @throws ModelRejected
 */
export async function candidateRanking(version: string, folder: DataFolder): Promise<CandidateRanking> {
  const loaded = await loadVersion(readConfig(process.env), version);
  const { serving } = bindModel(loaded, folder.stock.loadAll(EMBEDDED_ACCESS.tenant));
  const { model, workspace } = serving;
  return {
    version,
    rerank({ basket, storeId, channel = '', atMs }) {
      const { items } = resolveBasket(model, basket);
      const asker = { customer: NO_CUSTOMER, hour: model.hourOf(atMs) };
      const ranked = rankCandidates(model, serving.view(storeId), items, asker, workspace);
      if (model.acceptance) stateAcceptance(model.acceptance, channel, ranked.probability);
      return Array.from(ranked.items.keys())
        .filter((at) => !items.some((line) => isSubstituteOf(model, line, ranked.items[at]!)))
        .map((at) => {
          const { id, unitPrice = Number.NaN, unitCost = Number.NaN } = model.products[ranked.items[at]!]!;
          return { productId: id, probability: ranked.probability[at]!, unitValue: unitPrice - unitCost };
        });
    },
  };
}
