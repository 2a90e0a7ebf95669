import { readConfig } from '../dist/config.js';
import { bindModel, loadVersion, valuePolicy } from '../dist/service/served-version.js';

/** A version with its opening stock, bound as the gateway binds it; no rules, default configuration. */
export async function bindServedModel(version) {
  const config = readConfig({});
  const loaded = await loadVersion(config, version);
  return { ...bindModel(loaded), policy: valuePolicy(config) };
}
