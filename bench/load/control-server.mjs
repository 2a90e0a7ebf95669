import { createServer } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';

/**
 * The floor under the gateway: the same HTTP server, framework and WebSocket library, which parse the same JSON and answer
 * a fixed text of the size of a gateway's answer. `node control-server.mjs http|live ANSWER`; prints its URL as JSON.
 */
const [kind, answer] = process.argv.slice(2);
const listen = kind === 'live' ? listenLive : listenHttp;
listen((port) => process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`));
process.once('SIGTERM', () => process.exit(0));

function listenHttp(onReady) {
  const app = new Hono();
  app.post('/v1/suggestions', async (context) => {
    await context.req.json();
    return context.body(answer, 200, { 'Content-Type': 'application/json' });
  });
  serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => onReady(port));
}

function listenLive(onReady) {
  const { basketId: _, ...fixed } = JSON.parse(answer);
  const rest = JSON.stringify(fixed).slice(1);
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server, path: '/v1/live', perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { type, basketId, seq } = JSON.parse(data.toString());
      if (type !== 'basket' && type !== 'change') return;
      const about = JSON.stringify({ type: 'suggestions', basketId, seq });
      socket.send(`${about.slice(0, -1)},${rest}`);
    });
  });
  server.listen(0, '127.0.0.1', () => onReady(server.address().port));
}
