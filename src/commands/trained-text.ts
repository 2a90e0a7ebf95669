import { join } from 'node:path';
import type { Evaluation } from '../training/evaluate.ts';
import { heldText } from '../training/report/held-text.ts';
import type { TrainedVersion } from '../training/training-input.ts';
import { testedLines } from './tested-lines.ts';

/** The options of `train` that say where the version is. */
interface Whereabouts {
  readonly out?: string;
  readonly tenant?: string;
}

/** What `train` prints of a version, and what to do next. */
export function trainedText(
  { manifest, evaluation }: TrainedVersion,
  folder: string,
  where: Whereabouts,
): string {
  return `Version ${manifest.version} is in ${folder}
${testedLines(evaluation)}
${heldLine(manifest)}${acceptanceLine(evaluation)}${clockLine(manifest)}  the model card is ${join(folder, 'model-card.md')}
Serve it:   basketlift serve --model ${folder}
Promote it: basketlift models promote ${manifest.version}${optionsOf(where)}
`;
}

/** The options by which `models` finds what these options have made. */
function optionsOf({ out, tenant }: Whereabouts): string {
  return `${out === undefined ? '' : ` --models ${out}`}${tenant === undefined ? '' : ` --tenant ${tenant}`}`;
}

function heldLine(manifest: TrainedVersion['manifest']): string {
  const text = heldText(manifest);
  return text === undefined ? '' : `  ${text}\n`;
}

function clockLine({ timeZone }: TrainedVersion['manifest']): string {
  return timeZone === undefined ? '' : `  the time of day counts, on clocks of ${timeZone} (--time-zone)\n`;
}

function acceptanceLine({ acceptance }: Evaluation): string {
  if (!acceptance) return '';
  const { overall } = acceptance;
  if (!overall)
    return '  too few of the offers were accepted, or are there to judge by: nothing is learned from them\n';
  const errors = `${overall.before.error.toFixed(4)} -> ${overall.after.error.toFixed(4)}`;
  return `  on the newest offers the error of acceptance is ${errors}: ${
    overall.isServed
      ? 'probabilities are those of being accepted'
      : 'no gain, probabilities are those of the next product'
  }\n`;
}
