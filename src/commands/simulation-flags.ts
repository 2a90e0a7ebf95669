import { dateSchema } from '../gateway/report-query.ts';
import { idSchema } from '../gateway/wire.ts';
import { dayOfText } from '../ledger/instant.ts';
import type { TradeOptions } from '../simulation/simulate-trade.ts';
import { UsageError, wholeNumber } from './usage-error.ts';

export interface SimulateFlags {
  readonly gateway?: string | true;
  readonly key?: string;
  readonly rate: string;
  readonly model?: string;
  readonly from?: string;
  readonly days: string;
  readonly baskets: string;
  readonly seed: string;
  readonly stores: string;
  readonly agents: string;
  readonly priceResistance: string;
  readonly compare?: string;
  /** False with --no-offers. */
  readonly offers: boolean;
  readonly seeds: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** A plan whose first day is known. */
export type DatedPlan = SimulationPlan & { readonly firstDay: number };

/** What is simulated, wherever it is sent. */
export interface SimulationPlan {
  readonly seed: number;
  /** Days since 1970-01-01; undefined where none was asked for. */
  readonly firstDay: number | undefined;
  readonly days: number;
  readonly basketsPerDay: number;
  readonly stores: (seed: number) => readonly string[];
  readonly agents: number;
  readonly priceResistance: number;
}

/** The plan as one trade. */
export function tradeOptions(
  { stores, seed, firstDay, days, basketsPerDay, agents, priceResistance }: DatedPlan,
  catalogue: TradeOptions['catalogue'],
  onDay: (done: number) => void,
): TradeOptions {
  return {
    catalogue,
    seed,
    firstDay,
    days,
    basketsPerDay,
    agents,
    priceResistance,
    onDay,
    stores: stores(seed),
  };
}

/** Values of BASKETLIFT_VALUE_WEIGHT to compare. */
export interface ComparePlan {
  readonly valueWeights: readonly number[];
  readonly seeds: readonly number[];
  readonly withNoOffers: boolean;
}

const GATEWAY_DEFAULT = 'http://127.0.0.1:8787';
const BASKETS_MAX = 1_000_000;
const STORES_MAX = 50;
const WEIGHTS_MAX = 20;

/** @throws UsageError */
export function simulationPlan(flags: SimulateFlags): SimulationPlan {
  const days = wholeNumber('--days', flags.days, 1, 1096);
  const basketsPerDay = wholeNumber('--baskets', flags.baskets, 1, 100_000);
  if (days * basketsPerDay > BASKETS_MAX) {
    throw new UsageError(
      `--days and --baskets: wanted at most ${BASKETS_MAX} baskets together; got ${days * basketsPerDay}.`,
    );
  }
  if (flags.from !== undefined && !dateSchema.safeParse(flags.from).success)
    throw new UsageError(`--from: wanted a day such as 2026-05-01; got '${flags.from}'.`);
  return {
    seed: wholeNumber('--seed', flags.seed, 0, 2 ** 31 - 1),
    firstDay: flags.from === undefined ? undefined : dayOfText(flags.from),
    days,
    basketsPerDay,
    stores: storeNames(flags.stores),
    agents: wholeNumber('--agents', flags.agents, 1, 1000),
    priceResistance: resistance(flags.priceResistance),
  };
}

function resistance(text: string): number {
  const power = Number(text);
  if (text.trim() !== '' && power >= 0 && power <= 3) return power;
  throw new UsageError(`--price-resistance: wanted a number from 0 to 3; got '${text}'.`);
}

/** Stores: a number of them that only this seed has, or those with the given ids. */
function storeNames(text: string): SimulationPlan['stores'] {
  if (/^\d+$/.test(text)) {
    const count = wholeNumber('--stores', text, 1, STORES_MAX);
    return (seed) => Array.from({ length: count }, (_, at) => `sim-${seed}-s${at + 1}`);
  }
  const ids = text.split(',').map((id) => id.trim());
  const areGood = ids.every((id) => idSchema.safeParse(id).success);
  if (!areGood || new Set(ids).size < ids.length || ids.length > STORES_MAX) {
    throw new UsageError(
      `--stores: wanted a number to ${STORES_MAX}, or as many ids at most, each once; got '${text}'.`,
    );
  }
  return () => ids;
}

/** @throws UsageError */
export function comparePlan({ compare, seeds, seed, offers }: SimulateFlags): ComparePlan {
  const [name, list = ''] = (compare ?? '').split('=');
  const texts = list.split(',').map((text) => text.trim());
  const valueWeights = texts.map(Number);
  const areGood = texts.every((text, at) => text !== '' && valueWeights[at]! >= 0 && valueWeights[at]! <= 1);
  const areApart = new Set(valueWeights).size === valueWeights.length;
  if (name !== 'value-weight' || !areGood || !areApart || valueWeights.length > WEIGHTS_MAX) {
    throw new UsageError(
      `--compare: wanted value-weight=0,0.5,1 with at most ${WEIGHTS_MAX} different weights from 0 to 1; got '${compare}'.`,
    );
  }
  const first = Number(seed);
  const count = wholeNumber('--seeds', seeds, 2, 100);
  return {
    valueWeights,
    seeds: Array.from({ length: count }, (_, at) => first + at),
    withNoOffers: !offers,
  };
}

/** The origin to send to. @throws UsageError */
export function gatewayUrl(flag: string | true): string {
  if (flag === true) return GATEWAY_DEFAULT;
  const url = URL.canParse(flag) ? new URL(flag) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return flag.replace(/\/+$/, '');
  throw new UsageError(`--gateway: wanted an address such as ${GATEWAY_DEFAULT}; got '${flag}'.`);
}
