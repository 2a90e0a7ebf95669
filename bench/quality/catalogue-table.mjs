import { markdownTable } from '../markdown-table.mjs';
import { shortText } from '../number-text.mjs';
import { intervalText } from './metric-text.mjs';

/** New products against popularity in their category, and the substitute guard on labelled lists. */
export function catalogueTable({ sets }) {
  return `${newProductsTable(sets)}\n\n${guardTable(sets)}`;
}

function newProductsTable(sets) {
  const header = [
    'data set',
    'hidden products / questions',
    'HR@10 whole catalogue: embeddings / category',
    'difference (95 %)',
    'HR@10 among new: embeddings / category',
    'stated / observed',
    'known products, HR@10 (95 %)',
    'CPU',
  ];
  const rows = sets
    .filter(({ newProducts }) => newProducts)
    .map(({ title, newProducts }) => {
      const { products, questions, hitRate10, difference, amongNew, calibration, known, cpuSeconds } =
        newProducts;
      return [
        title,
        `${products} / ${questions.toLocaleString('en-US')}`,
        `${shortText(hitRate10.embeddings, 3)} / ${shortText(hitRate10.categoryPopularity, 3)}`,
        intervalText(difference),
        `${shortText(amongNew.embeddings, 3)} / ${shortText(amongNew.categoryPopularity, 3)}`,
        `${calibration.stated.toFixed(4)} / ${calibration.observed.toFixed(4)}`,
        intervalText(known.difference),
        `${cpuSeconds.toFixed(0)} s`,
      ];
    });
  return markdownTable(header, rows);
}

function guardTable(sets) {
  const header = [
    'data set',
    'labelled products',
    'first three hold a substitute of the basket: without / learned / likeness alone',
    'of each other',
    'likeness',
    'learned guard, HR@10 (95 %)',
    'likeness alone, HR@10 (95 %)',
  ];
  const rows = sets.map(({ title, guard }) => {
    const { labelled, without, learned, likenessAlone, choice } = guard;
    const three = (key) =>
      [without, learned, likenessAlone].map((row) => (row ? percent(row[key]) : '–')).join(' / ');
    return [
      title,
      labelled.toLocaleString('en-US'),
      three('ofBasket'),
      three('ofEachOther'),
      choice ? String(choice.likeness) : 'none',
      learned ? intervalText(learned.hitRate10) : '–',
      intervalText(likenessAlone.hitRate10),
    ];
  });
  return markdownTable(header, rows);
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
