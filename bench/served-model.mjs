import { openingStock } from '../dist/adapters/model-files.js';
import { readConfig } from '../dist/config.js';
import { StockBook } from '../dist/recommender/stock-book.js';
import { bindModel, loadVersion, valuePolicy } from '../dist/served-version.js';

/** A version with its opening stock, bound as the gateway binds it; no rules, default configuration. */
export async function bindServedModel(version) {
  const config = readConfig({});
  const loaded = await loadVersion(config, version);
  const stock = new StockBook();
  for (const row of openingStock(loaded.files)) stock.apply(row);
  return {
    serving: bindModel(loaded, stock, { version: 0, rules: [] }),
    stock,
    policy: valuePolicy(config),
  };
}
