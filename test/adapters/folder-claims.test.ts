import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, onTestFinished, test } from 'vitest';
import { FolderClaims } from '../../src/adapters/folder-claims.ts';
import { claimFolder } from '../../src/service/claim-folder.ts';
import { recordingLog } from '../support/recording-telemetry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ALONE = false;
const SHARED = true;

/** @param socketFolder where its socket lies: beside the database unless another one is given */
function openClaims(folder: string, socketFolder = folder): FolderClaims {
  const root = open({ path: join(folder, 'claims.lmdb'), noSubdir: true });
  const claims = new FolderClaims(root, socketFolder);
  onTestFinished(async () => {
    claims.release();
    await root.close();
  });
  return claims;
}

const sockets = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.sock'));

test('a claim keeps others out until it is released', async () => {
  const folder = temporaryFolder();
  const [first, second] = [openClaims(folder), openClaims(folder)];
  await first.take(ALONE);
  await expect(second.take(ALONE)).rejects.toThrow(`got ${folder}, in which process ${process.pid} of `);
  expect(sockets(folder)).toHaveLength(1);
  first.release();
  await second.take(ALONE);
});

test('of several that claim at once exactly one gets the folder', async () => {
  const folder = temporaryFolder();
  const claims = Array.from({ length: 5 }, () => openClaims(folder));
  const results = await Promise.allSettled(claims.map((claim) => claim.take(ALONE)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('those that hear each other share a folder, and nobody else has it beside them', async () => {
  const folder = temporaryFolder();
  const [first, second, third] = [openClaims(folder), openClaims(folder), openClaims(folder)];
  await Promise.all([first.take(SHARED), second.take(SHARED)]);
  await expect(third.take(ALONE)).rejects.toThrow('wanted one in which no other gateway works');
});

test('a claim on whose socket nobody answers counts for nothing, whoever has its process id now', async () => {
  const folder = temporaryFolder();
  const gone = openClaims(folder);
  await gone.take(ALONE);
  // Its row stays, as after a crash, and names this living process.
  gone.release();
  await openClaims(folder).take(ALONE);
  expect(sockets(folder)).toHaveLength(1);
});

test('a copy of a claimed folder is free', async () => {
  const folder = temporaryFolder();
  await openClaims(folder).take(ALONE);
  const copy = temporaryFolder();
  cpSync(join(folder, 'claims.lmdb'), join(copy, 'claims.lmdb'));
  await openClaims(copy).take(ALONE);
});

test('where no socket can be opened the gateway starts and says that it does not know', async () => {
  const folder = temporaryFolder();
  const claims = openClaims(folder, join(folder, 'x'.repeat(100)));
  const { log, lines } = recordingLog();
  await claimFolder({ claims } as never, {}, log);
  expect(lines).toMatchObject([{ message: 'cannot tell whether another gateway works in this data folder' }]);
});
