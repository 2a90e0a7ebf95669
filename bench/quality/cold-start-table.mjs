import { markdownTable } from '../markdown-table.mjs';
import { shortText, signedText } from '../number-text.mjs';

/** Where something is new: what is answered, beside popularity and beside the answer once it is known. */
export function coldStartTable({ sets }) {
  const header = [
    'case',
    'data set',
    'questions',
    'popularity',
    'Basketlift',
    'over popularity, HR@10 (95 %)',
    'once known',
    'lost by not knowing, HR@10 (95 %)',
  ];
  const names = [...new Set(sets.flatMap(({ cases }) => cases.map(({ name }) => name)))];
  const rows = names.flatMap((name) =>
    sets.flatMap(({ title, cases }) => {
      const found = cases.find((one) => one.name === name);
      return found ? [row(title, found)] : [];
    }),
  );
  return markdownTable(header, rows);
}

function row(title, { name, questions, popularity, cold, gain, known, lost }) {
  return [
    name,
    title,
    questions.toLocaleString('en-US'),
    pair(popularity),
    pair(cold),
    interval(gain),
    known ? pair(known) : '',
    lost ? interval(lost) : '',
  ];
}

function pair({ hitRate10, ndcg10 }) {
  return `${shortText(hitRate10, 3)} / ${shortText(ndcg10, 3)}`;
}

function interval({ estimate, low, high }) {
  return `${signedText(estimate, 3)} (${signedText(low, 3)}, ${signedText(high, 3)})`;
}
