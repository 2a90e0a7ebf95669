import type { Command } from 'commander';
import { offPolicyQuerySchema } from '../gateway/report-query.ts';
import { offPolicyTable } from '../gateway/report-table.ts';
import { runOffPolicy } from '../gateway/run-off-policy.ts';
import { candidateRanking } from './candidate-ranking.ts';
import { print } from './print-report.ts';
import { addOptions, parseFlags, type ReportFlags } from './report-flags.ts';
import { fromLedger } from './report-from-folder.ts';
import { UsageError } from './usage-error.ts';

export function addOffPolicyReport(report: Command): Command {
  addOptions(
    report.command('off-policy').description('what another policy would have earned, from what was logged'),
  )
    .option('--value-weight <number>', 'its β, 0 to 1 (default: as logged)')
    .option('--min-value <money>', 'its least expected value of an offer (default: as logged)')
    .option('--candidate <version>', 'its model: a version in the registry, or the folder of one')
    .addHelpText(
      'after',
      '\nWants BASKETLIFT_EXPLORE_SHARE above 0 while the decisions were made.\n\nExample:\n  basketlift report off-policy --from 2026-05-01 --to 2026-07-31 --value-weight 0.7',
    )
    .action(reportOtherPolicy);
  return report;
}

async function reportOtherPolicy({ candidate, ...flags }: ReportFlags): Promise<void> {
  const query = parseFlags(offPolicyQuerySchema, flags);
  if (query.valueWeight === undefined && query.minValue === undefined && candidate === undefined)
    throw new UsageError('Wanted --value-weight, --min-value or --candidate: the policy to judge.');
  const answer = await fromLedger(async (source, folder) =>
    runOffPolicy(
      source,
      query,
      typeof candidate === 'string' ? await candidateRanking(candidate, folder) : undefined,
    ),
  );
  const { leftOut, notes, assumption } = answer;
  print(answer, offPolicyTable(answer), flags, [
    ...notes,
    ...(leftOut > 0
      ? [
          `Left out: ${leftOut} offers of no full ranking, recorded without what chose them, or from before what is no longer kept.`,
        ]
      : []),
    `Assumed: ${assumption}`,
  ]);
}
