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
      help: '1 while the disk refuses writes',
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
      workers: {
        help: 'Worker processes that answer requests',
        read: () => crew.crew.live,
        aggregator: 'max',
      },
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
    bus_connected: gauge('1 while this machine is connected to the bus', ({ isConnected }) =>
      isConnected ? 1 : 0,
    ),
    bus_lag_seconds: gauge(
      'Time since this machine last knew all changes of the others, or age of its oldest unsent change: the larger',
      ({ lagSeconds }) => lagSeconds,
    ),
    bus_pending: gauge('Changes still to be sent to other machines', ({ pending }) => pending),
    bus_skipped_entries: gauge(
      'Entries of the bus that could not be read as changes, since the start',
      ({ skipped }) => skipped,
    ),
    bus_dropped_changes: gauge(
      'Changes that were dropped without being sent, since the start',
      ({ dropped }) => dropped,
    ),
    bus_resyncs: gauge(
      'Times the whole state was read because entries were missing, since the start',
      ({ resyncs }) => resyncs,
    ),
  };
}
