import { markdownTable } from '../markdown-table.mjs';
import { shortText, signedText } from '../number-text.mjs';

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
    pair(older),
    interval(lost),
    pair(usual),
    `**${pair(fresh)}**`,
    `${(testDays / refreshes).toFixed(1)} days`,
    interval(gained),
  ];
}

function pair({ hitRate10, ndcg10 }) {
  return `${shortText(hitRate10, 3)} / ${shortText(ndcg10, 3)}`;
}

function interval({ estimate, low, high }) {
  return `${signedText(estimate, 3)} (${signedText(low, 3)}, ${signedText(high, 3)})`;
}
