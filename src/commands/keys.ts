import type { Command } from 'commander';
import { type DataFolder, openDataFolder } from '../adapters/lmdb-data-folder.ts';
import { readConfig } from '../config.ts';
import { SCOPES } from '../gateway/access.ts';
import { digestOf, keyIdOf, makeKey } from '../gateway/api-key.ts';
import { isLive } from '../gateway/gatekeeper.ts';
import type { KeyRecord } from '../ledger/key-store.ts';
import { type KeyFlags, readKeyFlags } from './key-flags.ts';

/** The same result for machines and for people; `remark` goes to stderr. */
interface Shown {
  readonly facts: unknown;
  readonly text: string;
  readonly remark?: string;
}

export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('create, list and revoke the keys that callers of the gateway need')
    .addHelpText(
      'after',
      '\nKeys lie in BASKETLIFT_DATA; running gateways follow every change at once.\n\nExample:\n  basketlift keys create --scope terminal --store s1 --label "till 4"',
    );
  keys
    .command('create')
    .description('make a key; it is shown once and never again')
    .requiredOption('--scope <scope>', `what it may do: ${SCOPES.join(', ')}; each includes those before it`)
    .option('--tenant <name>', 'whose stock, rules and ledger it opens', 'default')
    .option('--store <ids>', 'stores it may name, separated by commas (default: every store)')
    .option('--agent <id>', "the agent whose key it is, for that agent's own pay and contests")
    .option('--label <text>', 'what it is for, for keys list', '')
    .option('--expires <date>', 'last day it is valid (2027-01-31, UTC), or a time as RFC 3339')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  basketlift keys create --scope terminal --store s1,s2 --label "till 4" --expires 2027-01-31',
    )
    .action((flags: KeyFlags & { json?: boolean }) => {
      // Read before the folder is opened: wrong usage leaves nothing behind.
      const wanted = readKeyFlags(flags, Date.now());
      return show(flags, (folder) => create(folder, wanted));
    });
  keys
    .command('list')
    .description('all keys, also those that are over; never the keys themselves')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  basketlift keys list')
    .action((flags: { json?: boolean }) => show(flags, list));
  keys
    .command('revoke')
    .description('make a key invalid for ever, at once and in every gateway on this data folder')
    .argument('<id>', 'id of the key, from keys list')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  basketlift keys revoke 3f9a0c71be2d4485')
    .action((id: string, flags: { json?: boolean }) => show(flags, (folder) => revoke(folder, id)));
}

async function show(
  { json }: { json?: boolean },
  act: (folder: DataFolder) => Promise<Shown>,
): Promise<void> {
  const folder = openDataFolder(readConfig(process.env).data);
  try {
    const { facts, text, remark } = await act(folder);
    if (remark !== undefined) process.stderr.write(`${remark}\n`);
    process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${text}\n`);
  } finally {
    await folder.close();
  }
}

async function create({ keys }: DataFolder, wanted: ReturnType<typeof readKeyFlags>): Promise<Shown> {
  const isFirst = !keys.hasUnrevoked();
  const key = makeKey();
  const digest = digestOf(key);
  const record: KeyRecord = { ...wanted, id: keyIdOf(digest), digest, createdAtMs: Date.now() };
  if (!(await keys.add(record))) throw new Error('The id of the new key is taken; run the command again.');
  const closing = isFirst ? ' From now on the gateway answers nobody without a key.' : '';
  return {
    facts: { ...factsOf(record), key },
    text: key,
    remark: `Key ${record.id} (${wanted.scope}) is made. Keep it now: it is not shown again.${closing}`,
  };
}

async function list({ keys }: DataFolder): Promise<Shown> {
  const all = keys.list().map(factsOf);
  const lines = all.map((key) =>
    [
      key.id,
      key.state.padEnd(7),
      key.scope.padEnd(8),
      key.tenant,
      key.stores?.join(',') ?? 'every store',
      ...(key.agentId === null ? [] : [`agent ${key.agentId}`]),
      `created ${key.createdAt}`,
      ...(key.expiresAt ? [`expires ${key.expiresAt}`] : []),
      ...(key.revokedAt ? [`revoked ${key.revokedAt}`] : []),
      ...(key.label ? [`"${key.label}"`] : []),
    ].join('  '),
  );
  return { facts: all, text: lines.join('\n') || 'No keys: the gateway answers this machine only.' };
}

async function revoke({ keys }: DataFolder, id: string): Promise<Shown> {
  const before = keys.find(id);
  const revoked = await keys.revoke(id, Date.now());
  if (!revoked) throw new Error(`Wanted the id of a key; there is no key '${id}'. See keys list.`);
  const facts = factsOf(revoked);
  const text =
    before?.revokedAtMs === undefined
      ? `${id} is revoked.`
      : `${id} was revoked already, at ${facts.revokedAt}.`;
  if (keys.hasUnrevoked()) return { facts, text };
  const remark =
    'That was the last key: a gateway on a loopback address now answers everybody on this machine, any other nobody.';
  return { facts, text, remark };
}

function factsOf(key: KeyRecord) {
  const { id, label, tenant, scope, stores, agentId, createdAtMs, expiresAtMs, revokedAtMs } = key;
  const state =
    revokedAtMs !== undefined ? 'revoked' : isLive(key, Date.now()) ? ('live' as const) : 'expired';
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    id,
    state,
    label,
    tenant,
    scope,
    stores: stores ?? null,
    agentId: agentId ?? null,
    createdAt: time(createdAtMs),
    expiresAt: time(expiresAtMs),
    revokedAt: time(revokedAtMs),
  };
}
