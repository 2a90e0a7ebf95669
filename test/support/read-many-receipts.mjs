// node read-many-receipts.mjs FOLDER LINES
// Writes LINES receipt lines into FOLDER, reads them with the built reader, and prints what was kept and the most memory
// the process had, in MiB.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readReceipts } from '../../dist/training/ingest/read-receipts.js';

const [, , folder, lines] = process.argv;
const LINES_A_BASKET = 10;
const PRODUCTS = 3001;

function* receiptText() {
  yield 'InvoiceNo,StockCode,InvoiceDate,Quantity,UnitPrice,CustomerID,Country\n';
  for (let basket = 0; basket * LINES_A_BASKET < Number(lines); basket++) {
    const soldAt = new Date(Date.UTC(2024, 0, 1) + basket * 60_000).toISOString();
    const rows = Array.from({ length: LINES_A_BASKET }, (_, line) => {
      const product = (basket * 7 + line * 131) % PRODUCTS;
      return `${basket},P${product},${soldAt},1,${1 + product / 100},c${basket % 5000},United Kingdom\n`;
    });
    yield rows.join('');
  }
}

const path = join(folder, 'receipts.csv');
await pipeline(Readable.from(receiptText()), createWriteStream(path));
const { report } = await readReceipts({ paths: [path] });
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ kept: report.rowsKept, peakMiB }));
