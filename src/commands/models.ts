import type { Command } from 'commander';
import {
  type FileModelRegistry,
  openModelRegistry,
  tenantRegistryFolder,
} from '../adapters/file-model-registry.ts';
import { readConfig } from '../config.ts';
import { DEFAULT_TENANT } from '../gateway/access.ts';
import { openRegistry } from '../service/served-version.ts';
import { readTenant } from './key-flags.ts';

interface ModelsFlags {
  readonly models?: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

export function addModelsCommand(program: Command): void {
  const models = program
    .command('models')
    .description('list, show, verify, promote and roll back model versions')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift models verify 2026-w21 && basketlift models promote 2026-w21',
    );
  const add = (
    usage: string,
    description: string,
    action: (registry: FileModelRegistry, version: string) => Promise<Shown>,
  ) =>
    models
      .command(usage)
      .description(description)
      .option(
        '--models <folder>',
        'registry (default: BASKETLIFT_MODELS, else ./models, else the shipped one)',
      )
      .option('--tenant <name>', "this tenant's own models, in a registry within that one")
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  basketlift models ${usage.replace('<version>', '2026-w21')}`)
      .action(async (...given: unknown[]) => {
        const [version, flags] = typeof given[0] === 'string' ? [given[0], given[1]] : ['', given[0]];
        const { models: folder, tenant, json } = flags as ModelsFlags;
        const shown = await action(registryOf(tenant, registryAt(folder)), version);
        process.stdout.write(json ? `${JSON.stringify(shown.facts)}\n` : `${shown.text}\n`);
      });
  add('list', 'all versions, the one in service marked', listVersions);
  add('show <version>', 'what a version says of itself', showVersion);
  add('verify <version>', 'check every file of a version', verifyVersion);
  add(
    'promote <version>',
    'put a version in service, also in gateways that run',
    async (registry, version) => {
      await registry.promote(version);
      return {
        facts: { champion: version },
        text: `${version} is in service; running gateways on this registry follow.`,
      };
    },
  );
  add('rollback', 'put the version before the present one back in service', async (registry) => {
    const version = await registry.rollback();
    return {
      facts: { champion: version },
      text: `${version} is in service again; running gateways on this registry follow.`,
    };
  });
}

/** The same result for machines and for people. */
interface Shown {
  readonly facts: unknown;
  readonly text: string;
}

/** The registry named on the command line, else in the environment, else the default one. */
export function registryAt(folder: string | undefined): FileModelRegistry {
  return openRegistry(folder ?? readConfig(process.env).models);
}

/** The registry itself for the default tenant, and for none. @throws UsageError */
function registryOf(tenant: string | undefined, registry: FileModelRegistry): FileModelRegistry {
  if (tenant === undefined || readTenant(tenant) === DEFAULT_TENANT) return registry;
  return openModelRegistry(tenantRegistryFolder(registry.folder, tenant));
}

async function listVersions(registry: FileModelRegistry): Promise<Shown> {
  const champion = await registry.champion().catch(() => undefined);
  const versions = await Promise.all(
    (await registry.list()).map(async (name) => {
      const manifest = await registry.manifest(name).catch(() => undefined);
      return {
        name,
        isChampion: name === champion,
        createdAt: manifest?.createdAt ?? null,
        isReadable: manifest !== undefined,
      };
    }),
  );
  const lines = versions.map(
    ({ name, isChampion, createdAt }) => `${isChampion ? '*' : ' '} ${name}  ${createdAt ?? 'unreadable'}`,
  );
  return { facts: versions, text: lines.join('\n') || `No versions in ${registry.folder}.` };
}

async function showVersion(registry: FileModelRegistry, version: string): Promise<Shown> {
  const { manifest, files } = await registry.load(version);
  const card = files.get('model-card.md');
  return { facts: manifest, text: card ? new TextDecoder().decode(card) : JSON.stringify(manifest, null, 2) };
}

async function verifyVersion(registry: FileModelRegistry, version: string): Promise<Shown> {
  const { manifest, files } = await registry.load(version);
  const bytes = [...files.values()].reduce((sum, file) => sum + file.byteLength, 0);
  const facts = { version: manifest.version, files: files.size, bytes, isSound: true };
  return { facts, text: `${manifest.version} is sound: ${files.size} files, ${bytes} bytes, all as listed.` };
}
