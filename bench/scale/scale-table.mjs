import { markdownTable } from '../markdown-table.mjs';

const MIB = 2 ** 20;

/** The Markdown tables of a scale result. */
export function scaleTable({ rows, exponents, core, start, controlUs, seed, quiet }) {
  const header = [
    'receipts',
    'lines',
    'products',
    'train',
    'processor time',
    'peak memory',
    'of it receipts',
    'model',
  ];
  const body = bySize(rows).map((row) => [
    whole(row.baskets),
    whole(row.lines),
    whole(row.products),
    `${row.seconds.toFixed(0)} s`,
    `${row.cpuSeconds.toFixed(0)} s`,
    ...[row.peakBytes, row.generatedBytes, row.modelBytes].map((bytes) => `${whole(bytes / MIB)} MiB`),
  ]);
  const coreHeader = ['receipts', 'products', 'p50 µs', 'p95', 'p99', '× control (p50)'];
  const coreBody = bySize(core).map((row) => [
    whole(row.baskets),
    whole(row.products),
    ...['p50', 'p95', 'p99'].map((name) => row.us[name].toFixed(1)),
    (row.us.p50 / controlUs).toFixed(2),
  ]);
  return `${markdownTable(header, body)}

Training time grows with receipts to the power ${exponents.receipts.toFixed(2)}, with the catalogue to the power ${exponents.products.toFixed(2)} (least squares over the rows that change it alone; processor time).

Ranking a basket of six products (\`rankCandidates\`, nothing cached), ${whole(core[0].calls)} calls a row:

${markdownTable(coreHeader, coreBody)}

Start with ${whole(rows[0].baskets)} receipts of ${whole(rows[0].products)} products: ready ${start.readySeconds.toFixed(1)} s later, ${whole(start.readyBytes / MIB)} MiB then. Seed ${seed}.
Meanwhile others kept ${quiet.othersCpu.toFixed(2)} processors busy, and the host took ${quiet.stolenCpu.toFixed(2)}.`;
}

/** The largest catalogue first, of it the most receipts. */
function bySize(rows) {
  return rows.toSorted((a, b) => b.products - a.products || b.baskets - a.baskets);
}

function whole(value) {
  return Math.round(value).toLocaleString('en-US');
}
