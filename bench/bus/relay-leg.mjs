import { Redis } from 'ioredis';
import { sendAtRate } from './stock-stream.mjs';

const STREAM = 'control';

/** The floor: the same rows as JSON through a bare stream, parsed by who reads it. Milliseconds each took. */
export async function runRelay({ redisUrl, nextRows, rate, seconds }) {
  const [writer, reader] = [new Redis(redisUrl), new Redis(redisUrl)];
  const tookMs = [];
  let isOver = false;
  const reading = (async () => {
    let from = '0-0';
    while (!isOver) {
      const streams = await reader.xread('COUNT', 20, 'BLOCK', 200, 'STREAMS', STREAM, from);
      for (const [id, fields] of streams?.[0]?.[1] ?? []) {
        from = id;
        JSON.parse(fields[3]);
        tookMs.push(performance.now() - Number(fields[1]));
      }
    }
  })();
  const rowsPerSecond = await sendAtRate({
    nextRows,
    rate,
    seconds,
    send: (rows) =>
      writer.xadd(STREAM, 'MAXLEN', '~', 2000, '*', 'at', performance.now(), 'rows', JSON.stringify(rows)),
  });
  isOver = true;
  await reading;
  await writer.del(STREAM);
  for (const client of [writer, reader]) client.disconnect();
  return { rowsPerSecond, tookMs };
}
