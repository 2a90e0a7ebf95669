import type { DatabaseOptions } from 'lmdb';

type Table = DatabaseOptions & { readonly name: string };

/**
 * The tables of a data folder by their names on disk, and how their keys and rows are encoded: one that is opened in several files is
 * opened alike. A tenant key is the digest that begins the keys of a tenant's rows. The data kept for reports is a file of its own
 * (`roll-up-tables.ts`).
 */
export const TABLES = {
  /** [tenant key, arrival number] → event. Arrival numbers grow over all tenants and processes. */
  events: { name: 'events' },
  /** SHA-256 of tenant and id of an event → its arrival number and the digest of its content. */
  eventIds: { name: 'event-ids', keyEncoding: 'binary', encoding: 'binary' },
  /** [tenant key, decision key] → decision, without what `passedOver` has. */
  decisions: { name: 'decisions' },
  /** [tenant key, decision key] → the candidates that were not suggested: most of a decision, and only the off-policy report reads them. */
  passedOver: { name: 'passed-over-candidates' },

  /** [tenant key, digest of the pseudonym, decision key]: a customer's decisions without reading all others. */
  decisionsOfCustomer: { name: 'decisions-of-customer' },
  /** [tenant key, digest of the pseudonym] → when the customer was erased, and the token while that is under way. */
  erasedCustomers: { name: 'erased-customers' },
  /** [tenant key, digest of the pseudonym] → the same of a customer whose lapse is under way. */
  lapsingCustomers: { name: 'lapsing-customers' },
  /** Number that only grows → a finished lapse. */
  lapsedCustomers: { name: 'lapsed-customers' },

  /** [tenant key, digests of store and product] → stock row. */
  stock: { name: 'stock' },
  /** Changes of stock that were applied → the period in which they came. Each period has its own table, which is emptied as a whole. */
  stockChanges: [{ name: 'stock-changes-0' }, { name: 'stock-changes-1' }, { name: 'stock-changes-2' }],
  /** [tenant key, digest of store and day] → what the stock of a store was worth on a day. */
  inventoryDays: { name: 'inventory-days' },

  /** [tenant key, version] → the rules of the operator, JSON. */
  rules: { name: 'rules', encoding: 'string' },
  /** [tenant key, version] → the commission plans, JSON. */
  commissionPlans: { name: 'commission-plans', encoding: 'string' },
  /** [tenant key, period] → the closing of a pay period, JSON, whose text is what its hash was made from. */
  closedPayPeriods: { name: 'closed-pay-periods', encoding: 'string' },
  /** [tenant key, digest of the id] → contest, JSON. */
  contests: { name: 'contests', encoding: 'string' },
  /** The same key → the result of a settled contest, JSON: large, and seldom read. */
  contestResults: { name: 'contest-results', encoding: 'string' },

  /** Id → key of an installation, as its digest. */
  keys: { name: 'keys' },
  /** Digest of a cookie → log-in. */
  keySessions: { name: 'key-sessions', keyEncoding: 'binary' },
  /** [tenant, end of a log-in, digest of its cookie]: the log-ins of a tenant in the order in which they end. */
  keySessionEnds: { name: 'key-session-ends' },

  /** Id of a claim → a gateway that works in the folder, or did when it was killed. */
  gateways: { name: 'gateways' },
  /** How far this machine has heard the others. */
  bus: { name: 'bus' },
  /** Name → number: the next arrival, the last lapse and the last that was dropped, the version of the keys and how many are not revoked. */
  counters: { name: 'counters' },
} as const satisfies Record<string, Table | readonly Table[]>;
