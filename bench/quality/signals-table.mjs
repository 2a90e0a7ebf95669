import { markdownTable } from '../markdown-table.mjs';
import { shortText } from '../number-text.mjs';
import { intervalText } from './metric-text.mjs';

/** Change of NDCG@10 on the newest slice of each set when the ranker is fitted on fewer signals. */
export function signalsTable({ sets }) {
  const names = Object.keys(sets[0].changes);
  const header = ['data set', 'questions', 'all signals', ...names];
  return markdownTable(
    header,
    sets.map(({ title, questions, ndcg10, changes }) => [
      title,
      questions.toLocaleString('en-US'),
      shortText(ndcg10, 4),
      ...names.map((name) => interval(changes[name])),
    ]),
  );
}

function interval(difference) {
  const text = intervalText(difference, 4);
  return difference.low > 0 || difference.high < 0 ? `**${text}**` : text;
}
