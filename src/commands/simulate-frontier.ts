import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { textOfDay } from '../ledger/instant.ts';
import {
  compareStrategies,
  type FrontierRow,
  figuresOf,
  NO_OFFERS,
  type RunFigures,
} from '../simulation/frontier.ts';
import { readCatalogue } from '../simulation/read-catalogue.ts';
import type { SellingGateway, TradingGateway } from '../simulation/selling-gateway.ts';
import { simulateTrade } from '../simulation/simulate-trade.ts';
import { frontierPage, frontierPicture } from './frontier-page.ts';
import { frontierTable, frontierVerdict } from './frontier-text.ts';
import type { Progress } from './progress.ts';
import { type ComparePlan, type DatedPlan, type SimulateFlags, tradeOptions } from './simulation-flags.ts';

/** A frontier with how it was made. */
export interface Frontier {
  readonly modelVersion: string;
  readonly currency: string;
  readonly from: string;
  readonly days: number;
  readonly basketsPerDay: number;
  readonly stores: number;
  readonly agents: number;
  /** Power of the relative price by which dearer offers are taken less. */
  readonly priceResistance: number;
  readonly seeds: readonly number[];
  /** Yearly cost of holding stock as a share of its cost. */
  readonly holdingRate: number;
  readonly rows: readonly FrontierRow[];
}

export interface FrontierOptions {
  readonly flags: Pick<SimulateFlags, 'out' | 'json'>;
  readonly comparison: ComparePlan;
  readonly plan: DatedPlan;
  readonly config: Config;
  readonly progress: Progress;
  /** Opens a gateway under these settings, lends it and closes it. */
  readonly withGateway: <Result>(
    settings: Partial<Config>,
    seed: number,
    use: (gateway: SellingGateway) => Promise<Result>,
  ) => Promise<Result>;
}

/** Runs every strategy on every seed, prints what came out and writes it where asked. */
export async function simulateFrontier(options: FrontierOptions): Promise<void> {
  const { flags, progress } = options;
  const frontier = await runFrontier(options);
  progress.clear();
  const text = `${frontierTable(frontier)}\n\n${frontierVerdict(frontier).join('\n')}\n`;
  if (flags.out !== undefined) {
    mkdirSync(flags.out, { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(flags.out!, name), text);
    write('frontier.json', `${JSON.stringify(frontier, null, 1)}\n`);
    write('frontier.md', text);
    write('frontier.html', String(frontierPage(frontier)));
    write('frontier.svg', String(frontierPicture(frontier)));
  }
  process.stdout.write(flags.json ? `${JSON.stringify(frontier)}\n` : text);
}

async function runFrontier(options: FrontierOptions): Promise<Frontier> {
  const { comparison, plan, config, withGateway, progress } = options;
  const { valueWeights, seeds, withNoOffers } = comparison;
  const { firstDay, days, basketsPerDay, agents, priceResistance } = plan;
  const catalogue = await withGateway({}, plan.seed, (gateway) =>
    readCatalogue(gateway, (share) => progress.show('reading the catalogue', share)),
  );
  const strategies = [...(withNoOffers ? [undefined] : []), ...valueWeights];
  const total = strategies.length * seeds.length * days;
  let daysDone = 0;
  const runOne = async (gateway: TradingGateway, seed: number) => {
    const onDay = () => progress.show('trading', ++daysDone / total);
    const trade = await simulateTrade(gateway, tradeOptions({ ...plan, seed }, catalogue, onDay));
    return figuresOf(trade, { currency: catalogue.currency, days, holdingRate: config.holdingRate });
  };
  const runs = new Map<string, RunFigures[]>();
  for (const weight of strategies) {
    const figures: RunFigures[] = [];
    for (const seed of seeds) {
      const settings = { holdoutShare: 0, ...(weight !== undefined && { valueWeight: weight }) };
      const run = (gateway: SellingGateway) => runOne(weight === undefined ? silent(gateway) : gateway, seed);
      figures.push(await withGateway(settings, seed, run));
    }
    runs.set(weight === undefined ? NO_OFFERS : `β ${weight}`, figures);
  }
  return {
    modelVersion: catalogue.modelVersion,
    currency: catalogue.currency,
    from: textOfDay(firstDay),
    days,
    basketsPerDay,
    stores: plan.stores(plan.seed).length,
    agents,
    priceResistance,
    seeds,
    holdingRate: config.holdingRate,
    rows: compareStrategies(runs),
  };
}

/** The same gateway, but nobody offers anything. */
function silent(gateway: TradingGateway): TradingGateway {
  return {
    parallel: gateway.parallel,
    ask: async ({ basketId }) => ({ decisionId: `none-${basketId}`, arm: 'holdout', suggestions: [] }),
    stateStock: async () => {},
    tell: (events, atMs) => gateway.tell(events, atMs),
  };
}
