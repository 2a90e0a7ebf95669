import { markdownTable } from '../markdown-table.mjs';

/** Change of NDCG@10 on the newest slice of each set when the ranker is fitted on fewer signals. */
export function signalsTable({ sets }) {
  const names = Object.keys(sets[0].changes);
  const header = ['data set', 'questions', 'all signals', ...names];
  return markdownTable(
    header,
    sets.map(({ title, questions, ndcg10, changes }) => [
      title,
      questions.toLocaleString('en-US'),
      short(ndcg10),
      ...names.map((name) => interval(changes[name])),
    ]),
  );
}

function interval({ estimate, low, high }) {
  const text = `${signed(estimate)} (${signed(low)}, ${signed(high)})`;
  return low > 0 || high < 0 ? `**${text}**` : text;
}

function short(value) {
  return value.toFixed(4).replace(/^0/, '');
}

function signed(value) {
  return `${value < 0 ? '−' : '+'}${short(Math.abs(value))}`;
}
