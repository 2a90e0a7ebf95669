import { useState } from 'preact/hooks';
import { AskedState } from './asked-state.tsx';
import type { ContestSummary, ContestsAnswer, StandingsAnswer } from './manager-answers.ts';
import { formatMoney, formatNumber, formatPercent } from './number-format.ts';
import { OfAllStores } from './of-all-stores.tsx';
import { useAnswer } from './use-answer.ts';
import type { ManagerDesk } from './use-manager-desk.ts';

export function ContestPanel({ desk }: { desk: ManagerDesk }) {
  const { t } = desk;
  const asked = useAnswer<ContestsAnswer>('/v1/contests');
  return (
    <section class="panel panel-whole" aria-labelledby="contests-title" data-test="contests">
      <h2 id="contests-title">{t.contests}</h2>
      <OfAllStores desk={desk} />
      <AskedState t={t} asked={asked}>
        {({ contests }) =>
          contests.length === 0 ? (
            <p class="panel-quiet">{t.noContests}</p>
          ) : (
            <Contest desk={desk} contests={[...contests].reverse()} />
          )
        }
      </AskedState>
    </section>
  );
}

function Contest({ desk, contests }: { desk: ManagerDesk; contests: readonly ContestSummary[] }) {
  const { t } = desk;
  const [chosenId, choose] = useState(contests[0]!.id);
  const asked = useAnswer<StandingsAnswer>(`/v1/contests/${encodeURIComponent(chosenId)}/standings`);
  return (
    <>
      <label class="field">
        <span>{t.contest}</span>
        <select value={chosenId} onChange={(event) => choose(event.currentTarget.value)} data-test="contest">
          {contests.map(({ id, name, rules }) => (
            <option key={id} value={id}>{`${name} (${rules.from} – ${rules.to})`}</option>
          ))}
        </select>
      </label>
      <AskedState t={t} asked={asked}>
        {(answer) => <ContestStandings desk={desk} answer={answer} />}
      </AskedState>
    </>
  );
}

function ContestStandings({ desk: { t, language }, answer }: { desk: ManagerDesk; answer: StandingsAnswer }) {
  const { metric, currency, state, hash, rules, standings, leftOut, reward } = answer;
  const scoreText = (score: number | null) => {
    if (score === null) return '–';
    if (metric === 'attachRate') return formatPercent(score, language);
    return metric.startsWith('upsell')
      ? formatMoney(score, language, currency)
      : formatNumber(score, language, 2);
  };
  return (
    <>
      <p class="state" data-state={state} data-test="contest-state">
        {state === 'settled' ? t.settled : t.live}
      </p>
      <table data-test="standings">
        <thead>
          <tr>
            <th scope="col">{t.rank}</th>
            <th scope="col">{t.team}</th>
            <th scope="col" class="number">
              {t.score}
            </th>
            <th scope="col" class="number">
              {t.transactions}
            </th>
          </tr>
        </thead>
        <tbody>
          {standings.map(({ teamId, rank, score, transactions }) => (
            <tr key={teamId}>
              <td>{rank ?? t.unranked}</td>
              <th scope="row">{teamId}</th>
              <td class="number">{scoreText(score)}</td>
              <td class="number">{formatNumber(transactions, language, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {reward.wish && <p>{t.reward(reward.wish.text, reward.ballots)}</p>}
      <p class="panel-quiet">{t.leftOut(leftOut.ownBaskets, leftOut.returned, leftOut.merged)}</p>
      <details data-on-paper>
        <summary>{t.rules}</summary>
        <ul class="rules" lang="en">
          {rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </details>
      {hash && <p class="seal">{t.seal(hash)}</p>}
    </>
  );
}
