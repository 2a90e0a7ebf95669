import { readFileSync, writeFileSync } from 'node:fs';
import { aimsTable } from './aims-table.mjs';
import { busTable } from './bus/bus-table.mjs';
import { ingestTable } from './ingest/ingest-table.mjs';
import { loadTable } from './load/load-table.mjs';
import { pressureTable } from './load/pressure-table.mjs';
import { profileTable } from './load/profile-table.mjs';
import { microTable } from './micro/micro-table.mjs';
import { offPolicyTable } from './off-policy/off-policy-table.mjs';
import { catalogueTable } from './quality/catalogue-table.mjs';
import { coldStartTable } from './quality/cold-start-table.mjs';
import { freshnessTable } from './quality/freshness-table.mjs';
import { qualityTable } from './quality/quality-table.mjs';
import { signalsTable } from './quality/signals-table.mjs';
import { reportsTable } from './reports/reports-table.mjs';
import { readResult } from './result-files.mjs';
import { scaleTable } from './scale/scale-table.mjs';
import { frontierTables } from './simulate/frontier-tables.mjs';
import { soakTable } from './soak/soak-table.mjs';
import { upliftTable } from './uplift/uplift-table.mjs';

/*
 * Writes the results into README.md between their markers; `--check` writes nothing and fails where they differ.
 */
const README = new URL('./README.md', import.meta.url);
const TABLES = {
  micro: microTable,
  load: loadTable,
  ingest: ingestTable,
  profile: profileTable,
  pressure: pressureTable,
  quality: qualityTable,
  signals: signalsTable,
  soak: soakTable,
  uplift: upliftTable,
  frontier: frontierTables,
  'off-policy': offPolicyTable,
  scale: scaleTable,
  catalogue: catalogueTable,
  'cold-start': coldStartTable,
  freshness: freshnessTable,
  reports: reportsTable,
  bus: busTable,
};

const before = readFileSync(README, 'utf8');
const withTables = Object.entries(TABLES).reduce(
  (text, [name, table]) => withBody(text, name, resultText(name, table)),
  before,
);
const after = withBody(withTables, 'aims', aimsTable(readResult));
if (process.argv.includes('--check')) {
  if (after !== before)
    console.error('bench/README.md does not show bench/results: run node bench/render.mjs');
  process.exitCode = after === before ? 0 : 1;
} else if (after !== before) writeFileSync(README, after);

function withBody(text, name, body) {
  const markers = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [begin, end] = markers.map((marker) => text.indexOf(marker));
  if (begin < 0 || end < begin) throw new Error(`README.md: wanted the markers ${markers.join(' and ')}`);
  return `${text.slice(0, begin + markers[0].length)}\n${body}\n${text.slice(end)}`;
}

function resultText(name, table) {
  const result = readResult(name);
  return result ? `${machineLine(result)}\n\n${table(result)}` : 'Not measured yet.';
}

function machineLine({ measuredAt, processor, cores, memoryGiB, system, node, k6, commit }) {
  const programs = [`Node ${node.slice(1)}`, ...(k6 ? [`k6 ${k6.slice(1)}`] : [])].join(', ');
  return `${measuredAt.slice(0, 10)}, commit \`${commit}\`, ${cores} × ${processor}, ${memoryGiB} GiB, ${system}, ${programs}.`;
}
