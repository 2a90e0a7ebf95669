import type { Scratch } from '../../src/adapters/duckdb-scratch.ts';
import type { Json } from './selling-client.ts';

/** The plan that the SQL below knows by heart: commission of revenue or incremental margin by product, else of margin; one tier; a cap; a team. */
export const SQL_PLAN = {
  id: 'sql',
  from: '2020-01',
  currency: 'EUR',
  basePay: 1850.55,
  tiers: { of: 'revenue', on: 'excess', steps: [{ above: 40, percent: 7.25 }] },
  cap: 15,
  incrementalPercent: 43.21,
  teamPercent: 12.5,
};
const TIER = { above: 4000, points: 725 };
const CAP = 1500;
export const SQL_RATES = { ofRevenue: 3.33, ofIncremental: 22.22, ofMargin: 11.11 };

/** Ids of products by what they are paid by; the others by margin. */
export interface PaidBy {
  readonly revenue: readonly string[];
  readonly incremental: readonly string[];
  /** Those of the plan, in its order. */
  readonly agents: readonly string[];
}

/**
 * Pay by another way than the ledger's: joins over the events as they were sent. Knows baskets with one receipt and at
 * most one refund, whole pieces, and splits between two.
 */
export class PayInSql {
  readonly #scratch: Scratch;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  async load(events: readonly Json[], paidBy: PaidBy): Promise<void> {
    const lines = (type: string) =>
      events
        .filter((event) => event.type === type)
        .flatMap(({ basketId, at, agentId, lines: sold }) =>
          sold.map(({ productId, quantity, unitPrice, discount = 0, unitCost }: Json) =>
            row(
              basketId,
              at,
              agentId ?? '',
              productId,
              quantity,
              cents(unitPrice),
              cents(discount),
              cents(unitCost),
            ),
          ),
        );
    const columns = '(basket, moment, agent, product, quantity, price, discount, cost)';
    for (const [table, type] of [
      ['sold', 'sale'],
      ['back', 'refund'],
    ] as const) {
      await this.#scratch.run(
        `CREATE OR REPLACE TABLE ${table} AS SELECT * FROM (VALUES ${lines(type).join()}) t${columns}`,
      );
    }
    const said = events.filter(({ result }) => result === 'accepted');
    await this.#scratch.run(
      `CREATE OR REPLACE TABLE said AS SELECT * FROM (VALUES ${said.map(({ basketId, productId }) => row(basketId, productId)).join()}) t(basket, product)`,
    );
    const parts = events.flatMap(({ basketId, split }) =>
      (split ?? []).map(({ agentId, percent }: Json, at: number) =>
        row(basketId, agentId, cents(percent), at),
      ),
    );
    await this.#scratch.run(
      `CREATE OR REPLACE TABLE split AS SELECT * FROM (VALUES ${parts.join()}) t(basket, agent, points, place)`,
    );
    await this.#loadPaidBy(paidBy);
  }

  /** The same of a ledger that was exported. */
  async loadExport(folder: string, paidBy: PaidBy): Promise<void> {
    const from = (files: string) => `read_parquet('${folder}/${files}-*.parquet')`;
    const lines = (time: string) => `SELECT basket_id AS basket,
      strftime(epoch_ms(epoch_ms(${time}) + utc_offset_minutes * 60000), '%Y-%m-%dT%H:%M:%S') AS moment,
      coalesce(agent_id, '') AS agent, product_id AS product, quantity::BIGINT AS quantity, unit_price_minor AS price,
      coalesce(discount_minor, 0) AS discount, unit_cost_minor AS cost`;
    const tables = {
      sold: `${lines('sold_at')} FROM ${from('receipts')}`,
      back: `${lines('refunded_at')} FROM ${from('_ledger/refunds')}`,
      said: `SELECT d.basket_id AS basket, product_id AS product FROM ${from('_ledger/responses')}
        JOIN ${from('_ledger/decisions')} d USING (decision_id) WHERE result = 'accepted'`,
      split: `SELECT basket_id AS basket, agent_id AS agent, round(percent * 100)::BIGINT AS points,
        place FROM ${from('_ledger/splits')}`,
    };
    for (const [table, sql] of Object.entries(tables))
      await this.#scratch.run(`CREATE OR REPLACE TABLE ${table} AS ${sql}`);
    await this.#loadPaidBy(paidBy);
  }

  /** Cents by agent that up-sells sold in a month have earned by the end of another. */
  async earned(soldIn: string, until: string): Promise<Map<string, number>> {
    return this.#sums(`
      WITH ${upsells(soldIn, until)},
      parts AS (${partsOf('upsells')}),
      shares AS (
        SELECT *, ${partOf('revenue', 'basket, product')} AS revenue_part,
          ${partOf('margin', 'basket, product')} AS margin_part
        FROM parts
      ),
      paid AS (
        SELECT agent, revenue_part,
          CASE WHEN product IN (SELECT product FROM by_revenue) THEN ${halfEven('revenue_part', SQL_RATES.ofRevenue)}
          WHEN product IN (SELECT product FROM by_incremental)
            THEN ${halfEven(halfEven('margin_part', SQL_PLAN.incrementalPercent), SQL_RATES.ofIncremental)}
          ELSE ${halfEven('margin_part', SQL_RATES.ofMargin)} END AS commission
        FROM shares
      ),
      totals AS (SELECT agent, sum(commission) AS commission, sum(revenue_part) AS base FROM paid GROUP BY agent),
      capped AS (
        SELECT agent, least(${CAP}, commission + CASE WHEN base > ${TIER.above}
          THEN ${halfEven(`(base - ${TIER.above})`, TIER.points / 100)} ELSE 0 END)::BIGINT AS earned FROM totals
      ),
      given AS (SELECT agent, earned, ${halfEven('earned', SQL_PLAN.teamPercent)} AS pooled FROM capped),
      pool AS (SELECT sum(pooled)::BIGINT AS whole, (SELECT count(*) FROM members) AS size FROM given)
      SELECT m.agent, (coalesce(earned - pooled, 0) + whole // size + CASE WHEN place < whole % size THEN 1 ELSE 0 END)::BIGINT
      FROM members m CROSS JOIN pool LEFT JOIN given USING (agent)`);
  }

  /** Cents of up-sell revenue kept, by who shares each basket. */
  async upsellRevenue(soldIn: string): Promise<Map<string, number>> {
    return this.#sums(`
      WITH ${upsells(soldIn, '9999-12')},
      baskets AS (SELECT basket, seller, sum(revenue)::BIGINT AS revenue FROM upsells GROUP BY basket, seller),
      parts AS (${partsOf('baskets')}),
      shares AS (SELECT agent, ${partOf('revenue', 'basket')} AS part FROM parts)
      SELECT agent, sum(part)::BIGINT FROM shares GROUP BY agent`);
  }

  async #loadPaidBy(paidBy: PaidBy): Promise<void> {
    for (const by of ['revenue', 'incremental'] as const) {
      const ids = paidBy[by].map((id) => `'${id}'`).join();
      await this.#scratch.run(`CREATE OR REPLACE TABLE by_${by} AS SELECT unnest([${ids}]) AS product`);
    }
    const members = paidBy.agents.map((agent, place) => row(agent, place)).join();
    await this.#scratch.run(
      `CREATE OR REPLACE TABLE members AS SELECT * FROM (VALUES ${members}) t(agent, place)`,
    );
  }

  async #sums(sql: string): Promise<Map<string, number>> {
    const rows = await this.#scratch.rows(sql);
    return new Map(rows.map(([agent, sum]) => [String(agent), Number(sum)]));
  }
}

/** What was accepted, paid and kept of a month's sales by the end of another; days end at 04:00 on the wall. */
function upsells(soldIn: string, until: string): string {
  const monthOf = (moment: string) =>
    `strftime(CAST(substr(${moment}, 1, 19) AS TIMESTAMP) - INTERVAL 4 HOUR, '%Y-%m')`;
  return `upsells AS (
    SELECT s.basket, s.product, s.agent AS seller,
      (s.quantity * s.price - s.discount - coalesce(b.quantity * b.price - b.discount, 0))::BIGINT AS revenue,
      (s.quantity * s.price - s.discount - coalesce(b.quantity * b.price - b.discount, 0)
        - (s.quantity - coalesce(b.quantity, 0)) * s.cost)::BIGINT AS margin
    FROM sold s JOIN said USING (basket, product)
    LEFT JOIN back b ON b.basket = s.basket AND b.product = s.product AND ${monthOf('b.moment')} <= '${until}'
    WHERE ${monthOf('s.moment')} = '${soldIn}'
  )`;
}

/** The rows of a table with a basket and its seller, once for each agent who shares the basket. */
function partsOf(table: string): string {
  return `SELECT t.*, coalesce(s.agent, t.seller) AS agent, coalesce(s.points, 10000) AS points, coalesce(s.place, 0) AS place
    FROM ${table} t LEFT JOIN split s USING (basket)`;
}

/** An agent's part of an amount by the largest remainder among rows that are equal in `whole`. */
function partOf(amount: string, whole: string): string {
  return `${amount} * points // 10000
    + CASE WHEN row_number() OVER (PARTITION BY ${whole} ORDER BY ${amount} * points % 10000 DESC, place)
      <= ${amount} - sum(${amount} * points // 10000) OVER (PARTITION BY ${whole}) THEN 1 ELSE 0 END`;
}

/** A percentage of whole cents, halves to the even cent; of amounts from 0. */
function halfEven(amount: string, percent: number): string {
  const product = `(${amount} * ${cents(percent)})`;
  return `(${product} // 10000 + CASE WHEN ${product} % 10000 > 5000
    OR (${product} % 10000 = 5000 AND (${product} // 10000) % 2 = 1) THEN 1 ELSE 0 END)`;
}

function cents(amount: number): number {
  return Math.round(amount * 100);
}

function row(...values: readonly (string | number)[]): string {
  return `(${values.map((value) => (typeof value === 'number' ? value : `'${value}'`)).join()})`;
}
