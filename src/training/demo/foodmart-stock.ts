/** The stock is that at the close of the data's year; its age is true, however odd it looks on a screen. */
const AS_OF = '1997-12-31T23:59:59Z';
const YEAR_DAYS = 365;
const WINDOW_DAYS = 56;
/**
 * Strength of the demand's prior. Tried by the likelihood of the last 56 days' units given all before: 7 to 1,000 days,
 * and the longer the better, since synthetic stores have no tastes of their own. From 224 days on little is gained.
 */
const PRIOR_DAYS = 224;
/** Cover that a store keeps in any case. */
const BASE_COVER_DAYS = 21;
/** Part of the chain's stock that stands in the stores; the rest is in their warehouses. */
const IN_STORES = 0.5;
const TARGET_COVER_DAYS = 60;
/** Expected demand in the lead time up to which 0, 1 and 2 units last with P = 0.8 (Poisson). */
const LASTING_DEMAND = [0.2231, 0.8244, 1.535];

/**
 * Demand, for every store and product with a sale or a delivery in 1997. Gamma-Poisson posterior mean,
 *
 *     demand = (units sold in the last 56 days + 224 · e) / (56 + 224)
 *     e = the product's units a day in all stores, over the year · the store's share of all units sold
 */
const demandSql = `
  CREATE TABLE demand AS
  WITH pair AS (SELECT store_id, product_id FROM sale UNION SELECT store_id, product_id FROM delivery),
  recent AS (
    SELECT store_id, product_id, sum(units) AS units FROM sale
    WHERE day > DATE '${AS_OF.slice(0, 10)}' - ${WINDOW_DAYS} GROUP BY ALL
  ),
  rate AS (SELECT product_id, sum(units)::DOUBLE / ${YEAR_DAYS} AS rate FROM sale GROUP BY product_id),
  size AS (
    SELECT store_id, sum(units)::DOUBLE / (SELECT sum(units) FROM sale) AS share FROM sale GROUP BY store_id
  )
  SELECT store_id, product_id,
         ((coalesce(units, 0) + ${PRIOR_DAYS} * rate * share)
           / (${WINDOW_DAYS} + ${PRIOR_DAYS}))::DECIMAL(9, 4) AS demand
  FROM pair LEFT JOIN recent USING (store_id, product_id) JOIN rate USING (product_id) JOIN size USING (store_id)`;

/**
 * The chain's stock of each product at the end of the year. Only one store and product in five had a delivery of its
 * own in 1997, of about 50 units or three years' sales, so deliveries are taken together over the stores: the balance
 * of units shipped less units sold, day by day, above its lowest point (the start of the year included). That is what
 * would be left had the year begun with just enough never to run out.
 */
const chainSql = `
  CREATE TABLE chain AS
  WITH flow AS (
    SELECT product_id, day, sum(units) AS units
    FROM (
      SELECT product_id, day, -units AS units FROM sale
      UNION ALL SELECT product_id, day, shipped FROM delivery
    ) GROUP BY ALL
  ),
  balance AS (
    SELECT product_id, day, sum(units) OVER (PARTITION BY product_id ORDER BY day) AS units FROM flow
  ),
  stock AS (
    SELECT product_id, (arg_max(units, day) - least(0, min(units)))::DOUBLE AS units FROM balance GROUP BY product_id
  ),
  ordering AS (
    SELECT product_id, 1 - sum(shipped)::DOUBLE / sum(ordered) AS unfilled FROM delivery GROUP BY product_id
  )
  SELECT product_id, any_value(stock.units) AS units, any_value(stock.units) / sum(demand)::DOUBLE AS cover_days,
         coalesce(any_value(unfilled), 0) AS unfilled
  FROM stock JOIN demand USING (product_id) LEFT JOIN ordering USING (product_id)
  GROUP BY product_id`;

/** Mean days from order to delivery: of the product to the store where it had any in 1997, else of the store. */
const leadSql = `
  CREATE TABLE lead AS
  WITH own AS (SELECT store_id, product_id, avg(supply_days) AS days FROM delivery GROUP BY ALL),
  store_mean AS (SELECT store_id, avg(supply_days) AS days FROM delivery GROUP BY store_id)
  SELECT store_id, product_id, round(coalesce(own.days, store_mean.days), 1) AS days
  FROM demand LEFT JOIN own USING (store_id, product_id) JOIN store_mean USING (store_id)`;

/**
 * Stock of each store and product, in units and days:
 *
 *     on hand = demand · (21 + ½ · the chain's cover in days), rounded; at least 1 while the chain has stock;
 *               of goods that keep L days, at most demand · L (but one unit)
 *     reserved = on hand · the part of the units ordered of the product in the year that was not shipped, rounded
 *     target cover = 60 days, or the shelf life
 *     protection level = the fewest units that last through the lead time in four cases of five (Poisson)
 *
 * `expires_at` stays empty: the data have no dates, and any would be long past.
 */
const stockTableSql = `
  CREATE TABLE stock AS
  WITH shelf AS (
    SELECT demand.*, chain.units, chain.unfilled, days, shelf_life_days AS life,
           round(demand * (${BASE_COVER_DAYS} + ${IN_STORES} * cover_days))::INTEGER AS planned
    FROM demand JOIN chain USING (product_id) JOIN lead USING (store_id, product_id)
    JOIN catalogue ON catalogue.product_id = demand.product_id::VARCHAR
  ),
  -- least() passes over NULL: what does not expire has no second bound.
  kept AS (
    SELECT *, least(
      CASE WHEN units > 0 THEN greatest(1, planned) ELSE planned END,
      CASE WHEN life > 0 THEN greatest(1, floor(demand * life)::INTEGER) END
    ) AS on_hand
    FROM shelf
  )
  SELECT 's' || store_id AS store_id,
         product_id::VARCHAR AS product_id,
         on_hand,
         round(on_hand * unfilled)::INTEGER AS reserved,
         demand AS demand_per_day,
         least(${TARGET_COVER_DAYS}, life) AS target_cover_days,
         days AS lead_time_days,
         ${LASTING_DEMAND.map((most) => `(demand * days > ${most})::INTEGER`).join(' + ')} AS protection_level,
         NULL AS expires_at,
         '${AS_OF}' AS as_of
  FROM kept`;

/** Statements that make the table `stock` from the tables of loadFoodmart and `catalogue`. */
export const stockSql: readonly string[] = [demandSql, chainSql, leadSql, stockTableSql];
