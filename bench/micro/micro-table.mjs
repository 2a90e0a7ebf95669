import { markdownTable } from '../markdown-table.mjs';

/** The Markdown tables of a micro result. */
export function microTable({ rows, control, heap, target, quiet }) {
  const header = ['', 'products', 'p50 µs', 'p95', 'p99', 'p99.9', 'calls/s', '× control (p50)'];
  const body = [...rows, control].map((row) => [
    row.name,
    row.size === undefined ? '' : String(row.size),
    ...['p50', 'p95', 'p99', 'p999'].map((name) => row.us[name].toFixed(1)),
    Math.round(row.perSecond).toLocaleString('en-US'),
    (row.us.p50 / control.us.p50).toFixed(2),
  ]);
  return `${markdownTable(header, body)}

Heap: ${heap.retainedBytesPerCall.toFixed(2)} bytes a call stay after ${heap.calls.toLocaleString('en-US')} calls of rank + decide; one call makes ${(heap.madeBytesPerCall / 1024).toFixed(1)} KiB of garbage.
Target: p99 of rank + decide below ${target.p99UsMax} µs at every basket size: ${target.worstP99Us.toFixed(0)} µs, ${target.isMet ? 'met' : 'MISSED'}.
Meanwhile others kept ${quiet.othersCpu.toFixed(2)} processors busy, and the host took ${quiet.stolenCpu.toFixed(2)}.`;
}
