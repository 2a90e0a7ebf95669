import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { open } from 'lmdb';

/**
 * The floor under what is made durable: the same HTTP server and framework parse the same JSON, and the same database, opened in the same way,
 * keeps each event under its id and each stock row under its place, and answers when that is fsynced. Nothing is checked, judged or
 * told. `node bare-server.mjs FOLDER`; prints its URL as JSON.
 */
const [folder] = process.argv.slice(2);
const root = open({
  path: join(folder, 'bare.lmdb'),
  noSubdir: true,
  maxDbs: 2,
  pageSize: 8_192,
  overlappingSync: false,
  eventTurnBatching: false,
});
const events = root.openDB({ name: 'events' });
const stock = root.openDB({ name: 'stock' });

const app = new Hono();
app.post('/v1/events', async (context) => {
  const body = await context.req.json();
  await root.transaction(() => {
    for (const event of body.events) void events.put(event.id, event);
  });
  return context.json({ results: body.events.map(({ id }) => ({ id, status: 'stored' })) });
});
app.post('/v1/stock', async (context) => {
  const { rows } = await context.req.json();
  await root.transaction(() => {
    for (const row of rows) void stock.put([row.storeId, row.productId], row);
  });
  return context.json({ applied: rows.length, rejected: [] });
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`),
);
process.once('SIGTERM', () => root.close().then(() => process.exit(0)));
