import { openModelRegistry } from '../../dist/adapters/file-model-registry.js';

/** Publishes the shipped version under each of the names into a folder of models, and puts the first in service. */
export async function publishShipped(folder, versions) {
  const { manifest, files } = await openModelRegistry('models').load('demo');
  const { files: _, checksum: __, ...facts } = manifest;
  const registry = openModelRegistry(folder);
  for (const version of versions) await registry.publish({ ...facts, version }, files);
  await registry.promote(versions[0]);
}
