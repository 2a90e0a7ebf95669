import { markdownTable } from '../markdown-table.mjs';
import { intervalText, pairText } from './metric-text.mjs';

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
    pairText(popularity),
    pairText(cold),
    intervalText(gain),
    known ? pairText(known) : '',
    lost ? intervalText(lost) : '',
  ];
}
