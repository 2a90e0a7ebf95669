import type { CrewLink } from '../adapters/crew-link.ts';
import type { DataFolder } from '../adapters/lmdb-data-folder.ts';
import type { Change } from '../gateway/change.ts';
import type { BusFacts } from '../recommender/shared-change.ts';
import type { GaugeFacts } from '../telemetry.ts';
import type { OpenTenants } from './open-tenants.ts';

/** What `/metrics` reads from the parts when it is asked. */
export function serviceGauges(parts: {
  readonly folder: DataFolder;
  readonly tenants: OpenTenants;
  readonly crew: CrewLink<Change> | undefined;
  readonly bus: () => BusFacts | undefined;
}): Record<string, GaugeFacts> {
  const { folder, tenants, crew, bus } = parts;
  return {
    ledger_pending: { help: 'Events and decisions not yet on disk', read: () => folder.events.pending() },
    ledger_trouble: {
      help: '1 while the disk refuses what is to be recorded',
      read: () => (folder.trouble() === undefined ? 0 : 1),
      aggregator: 'max',
    },
    stock_age_seconds: {
      help: 'Age of the newest stock statement',
      read: () => (Date.now() - tenants.newestStockMs()) / 1000,
      aggregator: 'min',
    },
    ...busGauges(bus),
    ...(crew && {
      workers: { help: 'Processes that answer', read: () => crew.crew.live, aggregator: 'max' },
    }),
  };
}

/** Metrics of the bus, which all processes of a machine state alike; 0 where there is none. */
function busGauges(bus: () => BusFacts | undefined): Record<string, GaugeFacts> {
  const gauge = (help: string, read: (facts: BusFacts) => number): GaugeFacts => ({
    help,
    aggregator: 'max',
    read: () => {
      const facts = bus();
      return facts ? read(facts) : 0;
    },
  });
  return {
    bus_connected: gauge('1 while other machines are heard', ({ isConnected }) => (isConnected ? 1 : 0)),
    bus_lag_seconds: gauge(
      'Time since all that other machines said was known here, or since the oldest change to send was made',
      ({ lagSeconds }) => lagSeconds,
    ),
    bus_pending: gauge('Changes still to be sent to other machines', ({ pending }) => pending),
    bus_skipped_entries: gauge(
      'Entries that were no changes of ours, since the start',
      ({ skipped }) => skipped,
    ),
    bus_dropped_changes: gauge('Changes given up, since the start', ({ dropped }) => dropped),
    bus_resyncs: gauge(
      'State read anew because entries were missing, since the start',
      ({ resyncs }) => resyncs,
    ),
  };
}
