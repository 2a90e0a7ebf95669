import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { EventResult, LedgerEvent } from '../ledger/events.ts';
import type { InProcessGateway } from '../service/in-process-gateway.ts';
import type { SimulatedAnswer, SimulatedQuestion, StockStatement } from '../simulation/selling-gateway.ts';
import { GatewayClient, PATIENCE_MS } from './gateway-client.ts';

/** Sets the clock of a gateway in this process to the time of what it is told. */
export class InProcessClient extends GatewayClient {
  readonly #gateway: InProcessGateway;

  constructor(gateway: InProcessGateway) {
    super({
      send: (path, init) => gateway.send(path, init),
      name: 'the gateway in this process',
      parallel: 1,
      patienceMs: PATIENCE_MS,
      sleep,
      requestsPerSecond: Number.POSITIVE_INFINITY,
      ticks: () => performance.now(),
    });
    this.#gateway = gateway;
  }

  override async ask(question: SimulatedQuestion): Promise<SimulatedAnswer> {
    this.#gateway.setClock(Date.parse(question.at));
    const answer = await super.ask(question);
    // The decision is recorded, with its time, after the answer has left.
    await nextTurn();
    return answer;
  }

  override async stateStock(rows: readonly StockStatement[]): Promise<void> {
    if (rows[0]) this.#gateway.setClock(Date.parse(rows[0].asOf));
    await super.stateStock(rows);
  }

  override async tell(events: readonly LedgerEvent[], atMs: number): Promise<readonly EventResult[]> {
    this.#gateway.setClock(atMs);
    return super.tell(events, atMs);
  }
}
