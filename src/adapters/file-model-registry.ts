import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Model } from '../recommender/model.ts';
import { CUSTOMER_KEY_FILE, type CustomerNames, findCustomerNames } from './customer-names.ts';
import { decodeModel, MODEL_FILES, type ModelFiles, OPTIONAL_FILES } from './model-files.ts';
import { type ManifestFacts, type ModelManifest, manifestText, parseManifest } from './model-manifest.ts';
import { ModelRejected } from './model-rejected.ts';

const VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** Holds registries of single tenants. */
export const TENANTS_FOLDER = 'tenants';
/** Other things in the folder: the pointer and its history, rows rejected by training, the key of names, other registries. */
const RESERVED = new Set(['champion', 'champion-history', 'rejects', CUSTOMER_KEY_FILE, TENANTS_FOLDER]);

/** A version read from the registry and verified. */
export interface LoadedVersion {
  readonly model: Model;
  /** Whether its customers can be recognised; `none` when it keeps no history of any. */
  readonly customers: 'known' | 'unknown' | 'none';
  readonly manifest: ModelManifest;
  /** Every file of the version by name, as verified. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Model versions in a folder: immutable folders, and a file `champion` that names the one in service. */
export interface FileModelRegistry {
  readonly folder: string;
  /** Names of all versions, sorted. */
  list(): Promise<string[]>;
  /** @throws ModelRejected when there is none */
  champion(): Promise<string>;
  manifest(version: string): Promise<ModelManifest>;
  /** Folder of a version, given by name or by the path of its folder. @throws ModelRejected when the name cannot be a version's */
  folderOf(version: string): string;
  /** Reads and verifies a version, given by name or by the path of its folder. @throws ModelRejected */
  load(version: string): Promise<LoadedVersion>;
  /** One file of a version, verified. @throws ModelRejected */
  read(version: string, file: string): Promise<Uint8Array>;
  /** @throws ModelRejected when the name cannot be a version's, or is taken */
  assertFree(version: string): Promise<void>;
  /** Writes a version under a temporary name, syncs and renames it. @throws when the name is taken */
  publish(manifest: ManifestFacts, files: ReadonlyMap<string, Uint8Array>): Promise<string>;
  /**
   * Puts a version in service by atomic rename, once `verify` has let it pass.
   *
   * @param verify by default reads and verifies every file; when it throws, so does `promote`, and nothing changes
   */
  promote(version: string, verify?: VerifyVersion): Promise<void>;
  /** Puts back the version that served before the present one; returns its name. @throws ModelRejected when there is none */
  rollback(verify?: VerifyVersion): Promise<string>;
}

/** Throws when a version may not be served. */
export type VerifyVersion = (version: string) => Promise<unknown>;

/** The registry of a tenant's own models within the one that all share. */
export function tenantRegistryFolder(folder: string, tenant: string): string {
  return join(folder, TENANTS_FOLDER, tenant);
}

export function openModelRegistry(folder: string): FileModelRegistry {
  const historyPath = join(folder, 'champion-history');
  const folderOf = (version: string) => {
    if (isAbsolute(version) || version.includes('/')) return resolve(version);
    assertVersionName(version);
    return join(folder, version);
  };
  /** The history up to the champion. One that was shipped or copied is not in it; a crash may leave the history ahead of the champion. */
  const servedUntilNow = async () => {
    const champion = (await readFile(join(folder, 'champion'), 'utf8').catch(() => '')).trim();
    const before = await history(historyPath);
    if (champion === '') return before;
    const at = before.lastIndexOf(champion);
    return [...(at < 0 ? before : before.slice(0, at)), champion];
  };
  const registry: FileModelRegistry = {
    folder,
    folderOf,
    list: () => listVersions(folder),
    async champion() {
      const name = await readFile(join(folder, 'champion'), 'utf8').catch((cause) => {
        const todo = 'train one with `basketlift train`, then `basketlift models promote VERSION`';
        throw new ModelRejected(`No model is in service: ${join(folder, 'champion')} is missing; ${todo}.`, {
          cause,
        });
      });
      assertVersionName(name.trim());
      return name.trim();
    },
    manifest: async (version) => parseManifest(await readText(folderOf(version), 'manifest.json')),
    load: async (version) => readVersion(folderOf(version)),
    async read(version, file) {
      const { files } = await registry.manifest(version);
      const stated = files[file];
      if (stated) return readVerified(folderOf(version), file, stated);
      throw new ModelRejected(`${join(folderOf(version), 'manifest.json')} does not list ${file}.`);
    },
    async assertFree(version) {
      assertVersionName(version);
      if ((await readdir(folder).catch((): string[] => [])).includes(version))
        throw nameTaken(join(folder, version));
    },
    async publish(manifest, files) {
      assertVersionName(manifest.version);
      return publishVersion(folder, manifest, files);
    },
    async promote(version, verify = registry.load) {
      assertVersionName(version);
      await verify(version);
      const before = await servedUntilNow();
      if (before.at(-1) !== version) await replaceFile(historyPath, [...before, version].join('\n'));
      await replaceFile(join(folder, 'champion'), `${version}\n`);
    },
    async rollback(verify = registry.load) {
      const before = await servedUntilNow();
      const previous = before.at(-2);
      if (!previous) throw new ModelRejected('There is no earlier version to roll back to.');
      await verify(previous);
      await replaceFile(historyPath, before.slice(0, -1).join('\n'));
      await replaceFile(join(folder, 'champion'), `${previous}\n`);
      return previous;
    },
  };
  return registry;
}

function canNameVersion(name: string): boolean {
  return VERSION_NAME.test(name) && !RESERVED.has(name);
}

function assertVersionName(version: string): void {
  if (canNameVersion(version)) return;
  throw new ModelRejected(
    `'${version}' cannot name a version: wanted letters, digits, '.', '_' and '-', at most 100, and none of ${[...RESERVED].join(', ')}.`,
  );
}

async function listVersions(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && canNameVersion(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Reads and verifies the version in a folder. @throws ModelRejected */
export async function readVersion(folder: string): Promise<LoadedVersion> {
  const manifest = parseManifest(await readText(folder, 'manifest.json'));
  const files = new Map<string, Uint8Array>();
  for (const [name, stated] of Object.entries(manifest.files)) {
    files.set(name, await readVerified(folder, name, stated));
  }
  const wanted = {} as ModelFiles;
  for (const name of MODEL_FILES) {
    const bytes = files.get(name);
    if (!bytes) throw new ModelRejected(`${join(folder, 'manifest.json')} does not list ${name}.`);
    wanted[name] = bytes;
  }
  for (const name of OPTIONAL_FILES) {
    const bytes = files.get(name);
    if (bytes) wanted[name] = bytes;
  }
  const head = {
    version: manifest.version,
    notice: manifest.notice,
    currency: manifest.currency,
    knownCount: manifest.knownProducts,
    timeZone: manifest.timeZone,
  };
  const { customers, nameOf } = recogniseCustomers(folder, manifest);
  const model = decodeModel(head, wanted, nameOf);
  return { model, customers, manifest, files };
}

/** Whether the customers of a version can be recognised, and if so, how it names them. */
export function recogniseCustomers(
  folder: string,
  manifest: ModelManifest,
): { customers: LoadedVersion['customers']; nameOf: CustomerNames['nameOf'] | undefined } {
  if (!manifest.customers) return { customers: 'none', nameOf: undefined };
  const names = findCustomerNames(dirname(folder));
  if (names?.keyId !== manifest.customers.keyId) return { customers: 'unknown', nameOf: undefined };
  return { customers: 'known', nameOf: names.nameOf };
}

async function readVerified(
  folder: string,
  name: string,
  stated: ModelManifest['files'][string],
): Promise<Uint8Array> {
  const bytes = await readFile(join(folder, pathSafe(name))).catch((cause) => {
    throw new ModelRejected(`${join(folder, name)} is missing; the version is incomplete.`, { cause });
  });
  if (bytes.byteLength === stated.bytes && sha256(bytes) === stated.sha256) return bytes;
  throw new ModelRejected(`${join(folder, name)} differs from its checksum; the version is damaged.`);
}

async function publishVersion(
  folder: string,
  manifest: ManifestFacts,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const final = join(folder, manifest.version);
  const temporary = join(folder, `.${manifest.version}.${randomBytes(4).toString('hex')}.tmp`);
  await mkdir(temporary, { recursive: true });
  try {
    const listed: ModelManifest['files'] = {};
    for (const [name, bytes] of files) {
      listed[name] = { bytes: bytes.byteLength, sha256: sha256(bytes) };
      await writeSynced(join(temporary, pathSafe(name)), bytes);
    }
    await writeSynced(join(temporary, 'manifest.json'), manifestText({ ...manifest, files: listed }));
    await syncFolder(temporary);
    await rename(temporary, final);
    await syncFolder(folder);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw nameTaken(final, cause);
    throw cause;
  }
  return final;
}

function nameTaken(folder: string, cause?: unknown): ModelRejected {
  const message = `${folder} already exists, and versions are immutable; choose another --version.`;
  return new ModelRejected(message, { cause });
}

async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  await writeSynced(temporary, content);
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

async function readText(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8').catch((cause) => {
    throw new ModelRejected(`There is no model version at ${folder}: ${name} cannot be read.`, { cause });
  });
}

async function history(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}

function pathSafe(name: string): string {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name))
    throw new ModelRejected(`'${name}' is not a valid file name in a version.`);
  return name;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
