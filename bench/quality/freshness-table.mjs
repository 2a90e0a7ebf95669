import { markdownTable } from '../markdown-table.mjs';
import { intervalText, pairText } from './metric-text.mjs';

/** What the age of a model costs. */
export function freshnessTable({ sets }) {
  const header = [
    'data set',
    'questions',
    'learned from / tested on, days',
    'a tenth older',
    'HR@10 (95 %)',
    'as evaluated',
    'learned anew',
    'every',
    'HR@10 (95 %)',
  ];
  return markdownTable(header, sets.map(row));
}

function row({ title, questions, learnedDays, testDays, older, usual, fresh, lost, gained, refreshes }) {
  return [
    title,
    questions.toLocaleString('en-US'),
    `${learnedDays.toFixed(0)} / ${testDays.toFixed(0)}`,
    pairText(older),
    intervalText(lost),
    pairText(usual),
    `**${pairText(fresh)}**`,
    `${(testDays / refreshes).toFixed(1)} days`,
    intervalText(gained),
  ];
}
