import { frontierTable, frontierVerdict } from '../../dist/commands/frontier-text.js';

/** The Markdown of every world of a frontier result. */
export function frontierTables({ worlds }) {
  return worlds
    .map(({ title, frontier }) =>
      [`**${title}.** ${frontierTable(frontier)}`, frontierVerdict(frontier).join('\n')].join('\n\n'),
    )
    .join('\n\n');
}
