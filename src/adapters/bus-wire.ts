import { z } from 'zod';
import type { SharedChange, SharedStock } from '../recommender/shared-change.ts';
import {
  type AbsoluteStockRow,
  STOCK_FIGURES,
  type StockFigure,
  type StockRow,
} from '../recommender/stock.ts';

/** A stock row on its way to the bus: how the row now stands, and what the statement said. */
export interface StockOperation {
  readonly kind: 'stock';
  readonly tenant: string;
  row: AbsoluteStockRow;
  /** Figures that the statement gives. */
  figures: readonly StockFigure[];
  /** Change of the quantity on hand and its time; undefined where the quantity was counted or not mentioned. */
  readonly change:
    | { readonly units: number; readonly atMs: number; readonly id: string | undefined }
    | undefined;
  /** Whether it counts only where nothing as new or newer is known. */
  readonly isOld: boolean;
}

/** One thing for the bus script to judge. */
export type BusOperation = StockOperation | Exclude<SharedChange, SharedStock>;

/** [rows] operations of a change; each is judged by itself. */
export function operationsOf(change: SharedChange): BusOperation[] {
  if (change.kind !== 'stock') return [change];
  const { tenant, rows, stated } = change;
  return rows.map((row, at) => stockOperation(tenant, row, stated?.[at]));
}

/** Leaves out the revision, which means something on this machine only. */
function stockOperation(
  tenant: string,
  { revision: _, ...row }: AbsoluteStockRow,
  stated: StockRow | undefined,
): StockOperation {
  const said = stated ?? row;
  const change =
    said.onHandDelta === undefined
      ? undefined
      : { units: said.onHandDelta, atMs: said.asOfMs, id: said.changeId };
  const figures = STOCK_FIGURES.filter((figure) => said[figure] !== undefined);
  return { kind: 'stock', tenant, row, figures, change, isOld: stated === undefined };
}

/** As the bus script reads it. */
export function encodeOperation(operation: BusOperation): string {
  return JSON.stringify(asTuple(operation));
}

function asTuple(operation: BusOperation): readonly unknown[] {
  switch (operation.kind) {
    case 'stock': {
      const { tenant, row, figures, change, isOld } = operation;
      const { units = false, atMs = false, id = false } = change ?? {};
      return ['stock', tenant, row, figures, units, atMs, isOld, id];
    }
    case 'rules':
      return ['rules', operation.tenant, operation.version, JSON.stringify(operation.rules)];
    case 'refusal': {
      const { tenant, decisionId, basketId = '', productId } = operation;
      return ['refusal', tenant, decisionId, basketId, productId];
    }
    case 'champion':
      return ['champion', operation.version, operation.isOld];
  }
}

const name = z.string().min(1).max(200);
const tenantName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const amount = z.number().exactOptional();
const stockRow = z.object({
  storeId: name,
  productId: name,
  asOfMs: z.number(),
  onHandAsOfMs: amount,
  onHand: amount,
  reserved: amount,
  demandPerDay: amount,
  targetCoverDays: amount,
  leadTimeDays: amount,
  protectionLevel: amount,
  expiresAtMs: amount,
});
const change = z.union([
  z.tuple([z.literal('stock'), tenantName, stockRow]),
  z.tuple([z.literal('rules'), tenantName, z.int().min(1), z.string()]),
  z.tuple([z.literal('refusal'), tenantName, name, z.string().max(200), name]),
  z.tuple([z.literal('champion'), name, z.number()]),
]);
const changes = z.array(change);

/** The changes of an entry, successive stock rows of one tenant together; undefined when it is damaged or not ours. */
export function parseChanges(json: string): SharedChange[] | undefined {
  return changesOf(parseJson(json));
}

function changesOf(entry: unknown): SharedChange[] | undefined {
  const parsed = changes.safeParse(entry);
  if (!parsed.success) return undefined;
  const out: SharedChange[] = [];
  let rows: { tenant: string; of: AbsoluteStockRow[] } | undefined;
  for (const each of parsed.data) {
    if (each[0] === 'stock') {
      if (rows?.tenant !== each[1]) {
        rows = { tenant: each[1], of: [] };
        out.push({ kind: 'stock', tenant: rows.tenant, rows: rows.of });
      }
      rows.of.push(each[2]);
      continue;
    }
    rows = undefined;
    const decoded = decode(each);
    if (!decoded) return undefined;
    out.push(decoded);
  }
  return out;
}

function decode(each: Exclude<z.infer<typeof change>, ['stock', ...unknown[]]>): SharedChange | undefined {
  if (each[0] === 'champion') return { kind: 'champion', version: each[1], isOld: false };
  if (each[0] === 'refusal') {
    const [kind, tenant, decisionId, basketId, productId] = each;
    return { kind, tenant, decisionId, productId, ...(basketId !== '' && { basketId }) };
  }
  const [kind, tenant, version, json] = each;
  const rules = parseJson(json);
  return rules === undefined ? undefined : { kind, tenant, version, rules };
}

/** A stock row of the state, whose field has the tenant as its first line; undefined when it is damaged. */
export function parseHeldRow(field: string, json: string): SharedChange | undefined {
  return parseHeld(['stock', field.split('\n', 1)[0], parseJson(json)]);
}

export function parseHeldRules(tenant: string, text: string): SharedChange | undefined {
  const [version, json] = versioned(text);
  return parseHeld(['rules', tenant, version, json]);
}

export function parseHeldRefusal(json: string): SharedChange | undefined {
  return parseHeld(parseJson(json));
}

export function parseHeldChampion(text: string): SharedChange | undefined {
  const [number, version] = versioned(text);
  return parseHeld(['champion', version, number]);
}

function versioned(text: string): [number, string] {
  const cut = text.indexOf('\n');
  return [Number(text.slice(0, Math.max(0, cut))), text.slice(cut + 1)];
}

function parseHeld(tuple: unknown): SharedChange | undefined {
  return changesOf([tuple])?.[0];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
