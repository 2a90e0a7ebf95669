const COLOURS = new Set(
  'red blue green pink white black ivory cream silver gold purple yellow orange grey gray brown turquoise lilac rose amber aqua beige violet copper bronze pearl lavender navy mint olive crystal'.split(
    ' ',
  ),
);

/**
 * A list of substitutes made without the method under test: by the stated group where products have one (FoodMart's name
 * without the brand), else products whose names differ by a word of colour only.
 *
 * @returns [products] number of the group, -1 for a product that is alone in its
 */
export function labelSubstitutes(products, groupOf) {
  const keys = products.map(({ id, name }) => groupOf?.get(id) ?? withoutColour(name));
  const size = new Map();
  for (const key of keys) size.set(key, (size.get(key) ?? 0) + 1);
  const numbers = new Map([...size.keys()].map((key, number) => [key, number]));
  return Int32Array.from(keys, (key) => (size.get(key) > 1 ? numbers.get(key) : -1));
}

function withoutColour(name) {
  const words = name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !COLOURS.has(word)).join(' ');
}
