import type { SharedChange } from '../recommender/shared-change.ts';
import { parseHeldChampion, parseHeldRefusal, parseHeldRow, parseHeldRules } from './bus-wire.ts';
import { BUS_KEYS } from './redis-bus-script.ts';
import type { RedisConnection } from './redis-connection.ts';

export interface ReadBusState {
  readonly client: RedisConnection;
  readonly hear: (changes: readonly SharedChange[]) => Promise<void>;
  /** Gives an answer of Redis a deadline. */
  readonly within: <Value>(answer: Promise<Value>) => Promise<Value>;
}

const ROWS_AT_ONCE = 500;

/** Hears all that Redis keeps as the newest state, a part at a time. Resolves with the number of damaged parts. */
export async function readBusState({ client, hear, within }: ReadBusState): Promise<number> {
  let damaged = 0;
  const hearAll = async (changes: readonly (SharedChange | undefined)[]) => {
    const good = changes.filter((change) => change !== undefined);
    damaged += changes.length - good.length;
    if (good.length > 0) await hear(good);
  };
  let cursor = '0';
  do {
    const [next, found] = await within(client.hscan(BUS_KEYS.stock, cursor, 'COUNT', ROWS_AT_ONCE));
    cursor = next;
    await hearAll(pairsOf(found).map(([field, json]) => parseHeldRow(field, json)));
  } while (cursor !== '0');
  const rules = await within(client.hgetall(BUS_KEYS.rules));
  await hearAll(Object.entries(rules).map(([tenant, text]) => parseHeldRules(tenant, text)));
  for (let from = 0; ; from += ROWS_AT_ONCE) {
    const refusals = await within(
      client.zrange(BUS_KEYS.refusals, String(from), String(from + ROWS_AT_ONCE - 1)),
    );
    await hearAll(refusals.map(parseHeldRefusal));
    if (refusals.length < ROWS_AT_ONCE) break;
  }
  const champion = await within(client.get(BUS_KEYS.champion));
  if (champion !== null) await hearAll([parseHeldChampion(champion)]);
  return damaged;
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!]);
}
