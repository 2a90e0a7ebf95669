/**
 * Days for which packaged chilled goods keep. The data give none: these are usual figures of the trade. Bread, fresh
 * fruit, vegetables, fish and meat get none: a FoodMart store sells one unit of a product in about 24 days, so that
 * every one of them would count as a certain write-off.
 */
const SHELF_LIFE_DAYS: Readonly<Record<string, number>> = {
  Milk: 21,
  Yogurt: 28,
  'Cottage Cheese': 28,
  'Sour Cream': 28,
  Bologna: 28,
  'Deli Meats': 28,
  'Hot Dogs': 28,
  Tofu: 28,
  Eggs: 35,
  Cheese: 60,
};

/** Sold from this age in the United States, where all stores with sales are. "Non-Alcoholic Wine" is free. */
const ALCOHOL_MIN_AGE = 21;
const ALCOHOL = ['Beer', 'Wine'];

/**
 * The catalogue of the products sold in 1997. `category` is department/category/subcategory, a level that only repeats
 * the one above left out. `substitute_group` is the product without its brand: "Club 2% Milk" and "Carlson 2% Milk"
 * replace each other, broccoli and onions do not, although both are of the subcategory "Fresh Vegetables".
 */
export const catalogueSql = `
  WITH cost AS (
    SELECT product_id, round(median(cost::DOUBLE / units), 4) AS unit_cost FROM sale GROUP BY product_id
  )
  SELECT product_id::VARCHAR AS product_id,
         product_name AS name,
         ${pathSql()} AS category,
         SRP AS unit_price,
         unit_cost,
         ${shelfLifeSql()} AS shelf_life_days,
         CASE WHEN product_subcategory IN (${ALCOHOL.map((name) => `'${name}'`).join(', ')})
              THEN ${ALCOHOL_MIN_AGE} END AS min_age,
         trim(product_name[len(brand_name) + 1:]) AS substitute_group,
         SKU AS barcode,
         true AS active
  FROM product JOIN cost USING (product_id)`;

function pathSql(): string {
  return `product_department
         || CASE WHEN product_category = product_department THEN '' ELSE '/' || product_category END
         || CASE WHEN product_subcategory = product_category THEN '' ELSE '/' || product_subcategory END`;
}

function shelfLifeSql(): string {
  const cases = Object.entries(SHELF_LIFE_DAYS).map(([name, days]) => `WHEN '${name}' THEN ${days}`);
  return `CASE product_subcategory ${cases.join(' ')} END`;
}
