import { namesAbroad } from './names-abroad.ts';

/** A column of ours: what it holds and what other systems call it, most specific first. */
export interface Field {
  readonly name: string;
  readonly holds: 'id' | 'number' | 'time' | 'text';
  readonly aliases: readonly string[];
  readonly isRequired?: true;
  /** What is no number in it counts as not stated, and costs no row. */
  readonly isIncidental?: true;
}

const BASKET: Field = {
  name: 'basket_id',
  holds: 'id',
  isRequired: true,
  aliases: [
    'basket',
    'invoice',
    'invoice no',
    'invoice number',
    'invoice id',
    'transaction',
    'transaction id',
    'transaction no',
    'transaction number',
    'trans id',
    'order id',
    'order',
    'order no',
    'order number',
    'receipt',
    'receipt id',
    'receipt no',
    'receipt number',
    'ticket',
    'ticket id',
    'ticket no',
    'bill',
    'bill id',
    'bill no',
    'bill number',
    'cart id',
    'sale id',
    'sale no',
    'sale number',
    'check id',
    'check no',
    'check number',
    'invoice #',
    'order #',
    'receipt #',
    'ticket #',
    'transaction #',
  ],
};

const PRODUCT: Field = {
  name: 'product_id',
  holds: 'id',
  isRequired: true,
  aliases: [
    'product',
    'sku',
    'sku id',
    'stock code',
    'product code',
    'product no',
    'product number',
    'item id',
    'item code',
    'item no',
    'item number',
    'article',
    'article id',
    'article no',
    'article number',
    'plu',
    'product sku',
    'item sku',
    'custom sku',
  ],
};

/** Barcodes name a product too, but only where the file has nothing better. */
const BARCODES = ['barcode', 'ean', 'ean13', 'gtin', 'upc'];

const NAME: Field = {
  name: 'name',
  holds: 'text',
  aliases: [
    'product name',
    'item name',
    'article name',
    'description',
    'product description',
    'item description',
    'item',
    'title',
    'dish',
  ],
};

const STORE: Field = {
  name: 'store_id',
  holds: 'id',
  aliases: [
    'store',
    'store no',
    'store number',
    'shop',
    'shop id',
    'branch',
    'branch id',
    'outlet',
    'outlet id',
  ],
};

const PRICE: Field = {
  name: 'unit_price',
  holds: 'number',
  aliases: [
    'price',
    'product price',
    'item price',
    'sale price',
    'selling price',
    'price per unit',
    'retail price',
  ],
};

const COST: Field = { name: 'unit_cost', holds: 'number', aliases: ['cost', 'cost price', 'purchase price'] };

export const RECEIPT_FIELDS: readonly Field[] = [
  BASKET,
  { ...PRODUCT, aliases: [...PRODUCT.aliases, ...BARCODES] },
  NAME,
  {
    name: 'sold_at',
    holds: 'time',
    aliases: [
      'invoice date',
      'order date',
      'transaction date',
      'transaction timestamp',
      'sale date',
      'purchase date',
      'date time',
      'timestamp',
      'date',
      'created at',
      'ordered at',
    ],
  },
  { name: 'sold_time', holds: 'time', aliases: ['time', 'time of day', 'order time', 'transaction time'] },
  { name: 'quantity', holds: 'number', aliases: ['qty', 'units', 'unit sales', 'units sold'] },
  PRICE,
  { name: 'discount', holds: 'number', isIncidental: true, aliases: ['discount amount'] },
  COST,
  // In stock a location may be a shelf.
  { ...STORE, aliases: [...STORE.aliases, 'location', 'location id'] },
  {
    name: 'customer_id',
    holds: 'id',
    aliases: [
      'customer',
      'customer no',
      'customer number',
      'client id',
      'member id',
      'household id',
      'household key',
      'loyalty id',
    ],
  },
  { name: 'channel', holds: 'text', aliases: ['sales channel'] },
  {
    name: 'agent_id',
    holds: 'text',
    aliases: ['agent', 'cashier', 'cashier id', 'employee id', 'operator id'],
  },
  {
    name: 'order_status',
    holds: 'text',
    aliases: ['financial status', 'payment status', 'transaction status', 'invoice status', 'sale status'],
  },
  {
    name: 'row_status',
    holds: 'text',
    aliases: ['status', 'line status', 'event type', 'transaction type', 'sale type', 'row type'],
  },
  {
    name: 'voided',
    holds: 'text',
    aliases: ['void', 'is voided', 'is void', 'cancelled', 'canceled', 'is cancelled', 'is canceled'],
  },
];

export const CATALOGUE_FIELDS: readonly Field[] = [
  PRODUCT,
  NAME,
  { name: 'category', holds: 'text', aliases: ['product category', 'category path', 'department'] },
  PRICE,
  COST,
  { name: 'shelf_life_days', holds: 'number', aliases: ['shelf life'] },
  { name: 'min_age', holds: 'number', aliases: ['minimum age', 'age limit'] },
  { name: 'substitute_group', holds: 'text', aliases: ['substitutes'] },
  { name: 'barcode', holds: 'id', aliases: BARCODES },
  { name: 'active', holds: 'text', aliases: ['is active'] },
];

export const STOCK_FIELDS: readonly Field[] = [
  { ...STORE, isRequired: true },
  { ...PRODUCT, aliases: [...PRODUCT.aliases, ...BARCODES] },
  {
    name: 'on_hand',
    holds: 'number',
    aliases: ['stock', 'stock on hand', 'quantity on hand', 'quantity', 'qty'],
  },
  { name: 'on_hand_delta', holds: 'number', aliases: [] },
  { name: 'reserved', holds: 'number', aliases: ['allocated'] },
  { name: 'demand_per_day', holds: 'number', aliases: ['daily demand'] },
  { name: 'target_cover_days', holds: 'number', aliases: ['target cover'] },
  { name: 'lead_time_days', holds: 'number', aliases: ['lead time'] },
  { name: 'protection_level', holds: 'number', aliases: ['safety stock'] },
  { name: 'expires_at', holds: 'time', aliases: ['expiry', 'expiry date', 'best before', 'use by'] },
  { name: 'as_of', holds: 'time', aliases: ['date', 'snapshot date', 'updated at', 'timestamp'] },
];

/** Names are compared without case, accents, blanks, underscores, hyphens, dots, apostrophes and signs for a degree (N°). */
export function comparableName(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\s_\-.'’°º\uFEFF\p{M}]+/gu, '');
}

/** Our name, then the usual ones; beside names in other languages, English words such as Product are not English, and come last. */
export function namesOf({ name, aliases }: Field): readonly string[] {
  return [name, ...namesAbroad(name), ...aliases];
}

/** The field that a name means, ours or one of the usual ones. */
export function fieldNamed(name: string, fields: readonly Field[]): Field | undefined {
  const wanted = comparableName(name);
  return (
    fields.find((field) => comparableName(field.name) === wanted) ??
    fields.find((field) => namesOf(field).some((usual) => comparableName(usual) === wanted))
  );
}
