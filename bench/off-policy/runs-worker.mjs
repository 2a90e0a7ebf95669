import { parentPort } from 'node:worker_threads';
import { runInstallation } from './installation.mjs';
import { REFUSED, SCENARIOS } from './scenarios.mjs';

const ALL = [...SCENARIOS, ...REFUSED];

/* Installations of one scenario, from seed `from` up to `to`: { name, from, to, seed } → report and truth of each. */
parentPort.on('message', ({ name, from, to, seed }) => {
  const place = ALL.findIndex((one) => one.name === name);
  const results = [];
  for (let run = from; run < to; run++) results.push(runInstallation(ALL[place], [seed, run, place]));
  parentPort.postMessage(results);
});
