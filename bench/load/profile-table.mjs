import { markdownTable } from '../markdown-table.mjs';

/** Where the processor time of an answer goes: a column a leg, stages that take no time left out. */
export function profileTable({ rows, pinned }) {
  const stages = Object.keys(rows[0].stagesUs).filter((stage) =>
    rows.some(({ stagesUs }) => stagesUs[stage] >= 0.5),
  );
  const text = (us) => us.toFixed(0);
  const sum = ({ stagesUs }) => Object.values(stagesUs).reduce((total, us) => total + us, 0);
  const lines = stages.map((stage) => [stage, ...rows.map(({ stagesUs }) => text(stagesUs[stage]))]);
  return [
    markdownTable(
      ['µs of processor an answer', ...rows.map(({ leg }) => leg)],
      [
        ...lines,
        ['all of these', ...rows.map((row) => text(sum(row)))],
        ['all, without the profiler', ...rows.map(({ cpuUs }) => text(cpuUs))],
      ],
    ),
    '',
    `${rows.map(({ leg, perSecond }) => `${Math.round(perSecond).toLocaleString('en-US')} answers a second ${leg}`).join(', ')}; ${pinned ? 'gateway on processor 0, k6 on processor 1' : 'nothing pinned'}.`,
  ].join('\n');
}
