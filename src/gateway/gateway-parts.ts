import type { CommissionStore } from '../ledger/commission-store.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import type { EventStore } from '../ledger/event-store.ts';
import type { InventoryStore } from '../ledger/inventory-store.ts';
import type { RuleBook } from '../recommender/rules.ts';
import type { KeptStock } from '../recommender/state-stock.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import type { Advisor } from './advisor.ts';
import type { BasketMemory } from './basket-memory.ts';
import type { Changes } from './change.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { ModelKeeper } from './model-keeper.ts';
import type { OverloadGate } from './overload-gate.ts';
import type { PageFile } from './page-routes.ts';
import type { Reporter } from './reporter.ts';
import type { ServingModel } from './serving-model.ts';
import type { Log, Telemetry } from './telemetry-port.ts';
import type { WireRule } from './wire.ts';

/** Keeps the operator's rules; every change is a new version. */
export interface RulesKeeper {
  current(): { readonly version: number; readonly rules: readonly WireRule[] };
  /** The new version, once on disk; undefined when `expectedVersion` is no longer the current one. */
  replace(rules: readonly WireRule[], expectedVersion: number | undefined): Promise<number | undefined>;
}

/** A part the gateway can do without for a while, for `/readyz`. */
export interface PartState {
  readonly name: string;
  readonly state: string;
  readonly isHealthy: boolean;
}

/** What each tenant has to itself; only the model may be shared. */
export interface TenantParts {
  /** The model that answers baskets which begin now. */
  readonly serving: ServingModel;
  readonly stock: StockBook;
  /**
   * Resolves with [rows] what became of each statement, once it counts in this process, is on disk and is on its way to the others.
   *
   * @throws EventStoreUnavailable (rejects); the first of the statements may count
   */
  readonly stateStock: (rows: readonly StockRow[]) => Promise<KeptStock[]>;
  readonly rules: RulesKeeper;
  /** Puts rules in force over every model that answers. */
  readonly replaceRules: (book: RuleBook) => void;
}

/** Erasure of customers: at once in every process, and for good. */
export interface CustomerErasures {
  /**
   * Resolves once on disk. Erasing a customer again, or an unknown one, is not an error.
   *
   * @throws EventStoreUnavailable (rejects)
   */
  erase(tenant: string, customerId: string, nowMs: number): Promise<{ readonly decisionsChanged: number }>;
  /** Whether the customer was erased, by any process, or is being erased. */
  isErased(tenant: string, customerId: string): boolean;
}

/** All the gateway needs; made in service.ts. */
export interface GatewayParts {
  readonly gatekeeper: Gatekeeper;
  readonly tenant: (tenant: string) => TenantParts;
  readonly advisor: Advisor;
  /** The models that answer a tenant. */
  readonly models: (tenant: string) => ModelKeeper;
  readonly events: EventStore;
  readonly reporter: Reporter;
  readonly erasures: CustomerErasures;
  readonly commissions: CommissionStore;
  readonly contests: ContestStore;
  readonly inventory: InventoryStore;
  readonly policy: ValuePolicy;
  /** A name for a customer that only this installation can make. */
  readonly pseudonymise: (tenant: string, customerId: string) => string;
  readonly memory: BasketMemory;
  readonly overload: Pick<OverloadGate, 'admits'>;
  /** Sends changes to the other processes of this installation and receives theirs. */
  readonly changes: Changes;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly partStates: () => readonly PartState[];
  readonly isStopping: () => boolean;
  readonly nowMs: () => number;
  readonly ticks: () => number;
  readonly codeVersion: string;
  /** Screens by path, read at start; empty when none are built. */
  readonly pages: ReadonlyMap<string, PageFile>;
}
