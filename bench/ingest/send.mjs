import { Agent } from 'node:http';
import { callJson } from '../call-json.mjs';
import { percentiles } from '../percentiles.mjs';
import { cpuSeconds, writtenBytes } from '../process-usage.mjs';

/** Clients that send their next request when they are answered, for some seconds; `accepted` counts what an answer has taken. */
export async function sendAsFast(server, { path, clients, makeBody, accepted, seconds, onTaken = () => {} }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const tookMs = [];
  let taken = 0;
  const before = usage(server.pid);
  const endsAt = performance.now() + seconds * 1000;
  const client = async () => {
    while (performance.now() < endsAt) {
      const body = makeBody();
      const startedAt = performance.now();
      const answer = await callJson(agent, 'POST', server.url + path, body);
      tookMs.push(performance.now() - startedAt);
      taken += accepted(answer);
      onTaken(body);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const after = usage(server.pid);
  agent.destroy();
  return {
    perSecond: taken / ((after.atMs - before.atMs) / 1000),
    taken,
    ms: percentiles(Float64Array.from(tookMs)),
    cpu: (after.cpu - before.cpu) / ((after.atMs - before.atMs) / 1000),
    bytesPerRow: (after.written - before.written) / taken,
  };
}

function usage(pid) {
  return { atMs: performance.now(), cpu: cpuSeconds(pid), written: writtenBytes(pid) };
}
