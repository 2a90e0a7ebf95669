import type { FileModelRegistry } from '../adapters/file-model-registry.ts';
import type { ModelManifest } from '../adapters/model-manifest.ts';
import type { ModelVersion } from '../gateway/model-keeper.ts';
import { readEvaluationSummary } from './read-evaluation.ts';

/** Most versions listed: the last ones by name. */
const LISTED_MAX = 100;

/** The versions of a registry with what they were learned from and are worth, newest first. */
export async function listVersions(
  registry: FileModelRegistry,
  serving: string | undefined,
): Promise<ModelVersion[]> {
  const names = (await registry.list()).slice(-LISTED_MAX);
  const versions = await Promise.all(names.map((name) => describeVersion(registry, name, serving)));
  return versions.sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}

async function describeVersion(
  registry: FileModelRegistry,
  name: string,
  serving: string | undefined,
): Promise<ModelVersion> {
  const manifest = await registry.manifest(name).catch(() => undefined);
  return {
    version: name,
    isServing: name === serving,
    createdAt: manifest?.createdAt ?? null,
    data: manifest ? learnedFrom(manifest) : null,
    evaluation: await readEvaluationSummary(registry, name),
  };
}

function learnedFrom({ data: { baskets, products, from, to } }: ModelManifest): ModelVersion['data'] {
  return { baskets, products, from, to };
}
