import type { Context } from 'hono';
import { type AskedSource, askedSource, requireSomebodyWaits } from './asked-source.ts';
import type { GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { takingTurns } from './turns.ts';

const REPORT_TURNS = { what: 'reports', atOnce: 2, waitingMax: 20, waitMsMax: 30_000 };

/** Makes a report when its turn has come. @throws as TakeTurn */
export type TakeReport = <Report>(
  context: Context<GatewayEnv>,
  run: (source: AskedSource) => Promise<Report>,
) => Promise<Report>;

export function reportTurns(parts: GatewayParts): TakeReport {
  const takeTurn = takingTurns(REPORT_TURNS);
  return (context, run) =>
    takeTurn(async () => {
      const { signal } = context.req.raw;
      requireSomebodyWaits(signal);
      return run(askedSource(parts, context.get('access').tenant, signal));
    });
}
