// node load-version.mjs FOLDER DATA_FOLDER: reads a version as a gateway does beside its work, and says what it is like.
import { loadVersionInThread } from '../../dist/adapters/version-thread.js';

const [folder, dataFolder] = process.argv.slice(2);
const { model, remembered } = await loadVersionInThread({
  folder,
  ledger: { dataFolder, tenant: 'default' },
});
const trouble = remembered instanceof Error ? remembered.message : null;
process.stdout.write(JSON.stringify({ products: model.products.length, trouble }));
