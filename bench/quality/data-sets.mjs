/**
 * The five real sets, with what `basketlift train` has to be told about each. `ease` is the reference of the design
 * notes on the same protocol (HR@10, NDCG@10), where they give one for this method.
 */
export const DATA_SETS = [
  {
    name: 'online-retail',
    title: 'Online Retail',
    file: 'online-retail/online-retail.csv.gz',
    options: [],
    ease: { hitRate10: 0.318, ndcg10: 0.193 },
  },
  {
    name: 'takeaway',
    title: 'London takeaway',
    file: 'takeaway/restaurant-1-orders.csv.gz',
    options: ['--date-order', 'dmy'],
  },
  {
    name: 'groceries',
    title: 'Groceries',
    file: 'groceries/groceries_baskets.txt.gz',
    options: [],
    ease: { hitRate10: 0.418, ndcg10: 0.231 },
  },
  {
    name: 'bread-basket',
    title: 'Bread Basket',
    file: 'bread-basket/BreadBasket_DMS.csv.gz',
    options: [],
    ease: { hitRate10: 0.747, ndcg10: 0.497 },
  },
  {
    name: 'foodmart',
    title: 'FoodMart (synthetic)',
    file: 'foodmart/sales_1997.csv.gz',
    options: [
      '--columns',
      'basket=customer_id+date+store_id,unit_price=store_sales/unit_sales,unit_cost=store_cost/unit_sales',
    ],
  },
];
