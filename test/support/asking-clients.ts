import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';

export interface AskingOptions {
  readonly port: number;
  readonly path: string;
  /** The body of the n-th request. */
  readonly body: (n: number) => object;
  /** Clients that ask one question after the other, each on a connection that stays open. */
  readonly keeping: number;
  /** Clients that open a connection for each question. */
  readonly reopening: number;
}

export interface AskingClients {
  /** Resolves when each client has had an answer. */
  readonly answered: Promise<unknown>;
  /** Ends them. Counts the results: the status of each answer, or the error where there was none, and whether its connection was new. */
  stop(): Promise<Map<unknown, number>>;
}

/** Asks on many connections, each client until it can no longer connect. */
export function keepAsking(options: AskingOptions): AskingClients {
  const { keeping, reopening } = options;
  const results = new Map<unknown, number>();
  let isOver = false;
  let asked = 0;
  const askOnce = async (agent: Agent) => {
    const result = await ask(options, asked++, agent).catch((error: Error) => error.message);
    results.set(result, (results.get(result) ?? 0) + 1);
    return result;
  };
  const continueAsking = async (agent: Agent, first: Promise<unknown>) => {
    let result = await first;
    while (!isOver && !String(result).includes('ECONNREFUSED')) result = await askOnce(agent);
    agent.destroy();
  };
  const agents = Array.from({ length: keeping + reopening }, (_, client) => {
    return new Agent({ keepAlive: client < keeping, maxSockets: 1 });
  });
  const firsts = agents.map(askOnce);
  const clients = agents.map((agent, client) => continueAsking(agent, firsts[client]!));
  return {
    answered: Promise.all(firsts),
    async stop() {
      isOver = true;
      await Promise.all(clients);
      return results;
    },
  };
}

/** What is wrong with a connection on which nothing was answered yet. */
export const NEW_CONNECTION = 'new connection: ';

const answeredOn = new WeakSet<Socket>();

/** The status of an answer; rejects where there is none. */
function ask({ port, path, body }: AskingOptions, n: number, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { port, host: '127.0.0.1', path, method: 'POST', headers, agent };
    const sent = request(options, (response) => {
      answeredOn.add(response.socket);
      response.resume().once('end', () => resolve(response.statusCode));
      response.once('error', reject);
    });
    sent.once('error', (error) => {
      const isNew = !sent.socket || !answeredOn.has(sent.socket);
      reject(new Error(`${isNew ? NEW_CONNECTION : ''}${error.message}`, { cause: error }));
    });
    sent.end(JSON.stringify(body(n)));
  });
}
