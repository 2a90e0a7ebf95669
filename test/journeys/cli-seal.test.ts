import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { runCli } from '../support/cli-run.ts';
import { exploredLog } from '../support/explored-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAYS = ['--from', '2026-05-01', '--to', '2026-05-02', '--value-weight', '1', '--json'];

test('seal moves candidates into files that off-policy reads, doctor checks and a clear error names', {
  timeout: 120_000,
}, async () => {
  const data = temporaryFolder();
  const run = (...args: string[]) => runCli(args, { env: { BASKETLIFT_DATA: data } });
  const folder = openDataFolder(data);
  const { decisions, events } = exploredLog(2000, 7);
  for (const decision of decisions) folder.events.record(decision);
  await folder.events.append('default', events, 1);
  await folder.close();

  const before = (await run('report', 'off-policy', ...DAYS)).stdout;
  expect(await run('seal')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^2000 decisions are sealed: \d+ candidates in 1 file of [\d.]+ MiB\.\n$/),
  });
  expect((await run('report', 'off-policy', ...DAYS)).stdout).toBe(before);
  expect(await run('seal')).toMatchObject({
    code: 0,
    stdout: 'No decision is that old and not sealed yet.\n',
  });
  expect(JSON.parse((await run('seal', '--older-than', '0', '--json')).stdout)).toEqual([]);
  expect(await run('seal', '--older-than', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--older-than: wanted days, 0 to 36500; got 'x'."),
  });
  expect((await run('doctor')).stdout).toContain('ok   sealed   1 segment, its file as listed');

  const [file] = readdirSync(join(data, 'sealed'));
  rmSync(join(data, 'sealed', file!));
  const doctor = await run('doctor');
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain(
    `BAD  sealed   damaged or away, put them back from a backup: sealed/${file}: the candidates of 2000 decisions from 2026-05-01 to 2026-05-01`,
  );
  const report = await run('report', 'off-policy', ...DAYS);
  expect(report).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be read; run basketlift doctor'),
  });
  expect((await run('report', 'sales', '--from', '2026-05-01', '--to', '2026-05-02')).code).toBe(0);
});

test('seal says that there is nothing to seal where no gateway has been', async () => {
  const data = join(temporaryFolder(), 'none');
  const { code, stderr } = await runCli(['seal'], { env: { BASKETLIFT_DATA: data } });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(`There is no data folder ${data}`),
  });
});
