/**
 * The sets, with what `basketlift train` has to be told about each. `reference` holds the figures of the design notes
 * on the same protocol (HR@10, NDCG@10): EASE where they give it, their ranker, and what they aim at.
 */
export const DATA_SETS = [
  {
    name: 'online-retail',
    title: 'Online Retail',
    file: 'online-retail/online-retail.csv.gz',
    options: [],
    reference: {
      ease: { hitRate10: 0.318, ndcg10: 0.193 },
      ranker: { hitRate10: 0.376, ndcg10: 0.23 },
      aim: { hitRate10: 0.385, ndcg10: 0.236 },
    },
  },
  {
    name: 'takeaway',
    title: 'London takeaway',
    file: 'takeaway/restaurant-1-orders.csv.gz',
    options: ['--date-order', 'dmy'],
    reference: {
      ranker: { hitRate10: 0.612, ndcg10: 0.436 },
      aim: { hitRate10: 0.625, ndcg10: 0.445 },
    },
  },
  {
    name: 'groceries',
    title: 'Groceries',
    file: 'groceries/groceries_baskets.txt.gz',
    options: [],
    reference: {
      ease: { hitRate10: 0.418, ndcg10: 0.231 },
      ranker: { hitRate10: 0.419, ndcg10: 0.233 },
      aim: { hitRate10: 0.426, ndcg10: 0.236 },
    },
  },
  {
    name: 'bread-basket',
    title: 'Bread Basket',
    file: 'bread-basket/BreadBasket_DMS.csv.gz',
    options: [],
    reference: {
      ease: { hitRate10: 0.747, ndcg10: 0.497 },
      ranker: { hitRate10: 0.757, ndcg10: 0.505 },
      aim: { hitRate10: 0.772, ndcg10: 0.509 },
    },
  },
  {
    name: 'foodmart',
    title: 'FoodMart (synthetic)',
    file: 'foodmart/sales_1997.csv.gz',
    options: [
      '--columns',
      'basket=customer_id+date+store_id,unit_price=store_sales/unit_sales,unit_cost=store_cost/unit_sales',
    ],
    reference: {
      ranker: { hitRate10: 0.227, ndcg10: 0.167 },
      aim: { hitRate10: 0.235, ndcg10: 0.172 },
    },
  },
  {
    name: 'complete-journey',
    title: 'Complete Journey',
    file: 'complete-journey/transactions.parquet',
    options: ['--columns', 'customer=household_id,unit_price=sales_value/quantity'],
    reference: {},
  },
];
