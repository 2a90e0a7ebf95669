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
    'sales remembered',
    'HR@10 (95 %)',
    'learned anew',
    'every',
    'HR@10 (95 %)',
  ];
  return markdownTable(header, sets.map(row));
}

function row(set) {
  const { title, questions, learnedDays, testDays, refreshes, older, usual, remembered, fresh } = set;
  const { lost, kept, gained } = set;
  return [
    title,
    questions.toLocaleString('en-US'),
    `${learnedDays.toFixed(0)} / ${testDays.toFixed(0)}`,
    pairText(older),
    intervalText(lost),
    pairText(usual),
    pairText(remembered),
    intervalText(kept),
    `**${pairText(fresh)}**`,
    `${(testDays / refreshes).toFixed(1)} days`,
    intervalText(gained),
  ];
}
