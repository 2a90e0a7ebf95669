import type { ModelVersion } from './analyst-answers.ts';
import type { AnalystTranslation } from './analyst-words.ts';
import type { Language } from './live-protocol.ts';
import { formatFixed } from './number-format.ts';
import { WideTable } from './wide-table.tsx';

interface VersionsPanelProps {
  readonly t: AnalystTranslation;
  readonly language: Language;
  readonly models: readonly ModelVersion[];
  /** The version whose evaluation is shown. */
  readonly chosen: string;
  readonly onChoose: (version: string) => void;
  /** null: the version before. */
  readonly onChange: (version: string | null) => void;
  readonly isWorking: boolean;
}

/** The versions of the registry, newest first. */
export function VersionsPanel(props: VersionsPanelProps) {
  const { t, models, onChange, isWorking } = props;
  const columns = [t.receipts, t.products, t.period, t.questions, t.hitRate(10), t.ndcg];
  return (
    <>
      <WideTable label={t.versions}>
        <table data-test="versions">
          <thead>
            <tr>
              <th scope="col">{t.version}</th>
              <th scope="col">
                <span class="hidden-label">{t.promote}</span>
              </th>
              <th scope="col">{t.made}</th>
              {columns.map((column) => (
                <th key={column} scope="col" class="number">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <VersionRow key={model.version} {...props} model={model} />
            ))}
          </tbody>
        </table>
      </WideTable>
      <button
        type="button"
        class="button button-quiet"
        disabled={isWorking}
        onClick={() => onChange(null)}
        data-test="rollback"
      >
        {t.rollback}
      </button>
    </>
  );
}

function VersionRow(props: VersionsPanelProps & { readonly model: ModelVersion }) {
  const { t, language, model, chosen, onChoose, onChange, isWorking } = props;
  const { version, isServing, createdAt, data, evaluation } = model;
  const number = (value: number | undefined, digits: number) =>
    value === undefined ? '—' : formatFixed(value, language, digits);
  return (
    <tr data-version={version} data-serving={String(isServing)}>
      <th scope="row">
        <label class="check">
          <input
            type="radio"
            name="version"
            checked={version === chosen}
            onChange={() => onChoose(version)}
          />
          {version}
        </label>
      </th>
      <td>
        {isServing ? (
          <strong>{t.serves}</strong>
        ) : (
          <button
            type="button"
            class="button button-quiet"
            disabled={isWorking}
            aria-label={t.promoteName(version)}
            onClick={() => onChange(version)}
            data-test="promote"
          >
            {t.promote}
          </button>
        )}
      </td>
      <td>{dayOf(createdAt)}</td>
      <td class="number">{number(data?.baskets, 0)}</td>
      <td class="number">{number(data?.products, 0)}</td>
      <td class="number">{data ? `${dayOf(data.from)} – ${dayOf(data.to)}` : '—'}</td>
      <td class="number">{number(evaluation?.questions, 0)}</td>
      <td class="number">{number(evaluation?.hitRate10, 3)}</td>
      <td class="number">{number(evaluation?.ndcg10, 3)}</td>
    </tr>
  );
}

/** The day of an instant in ISO form. */
function dayOf(instant: string | null): string {
  return instant?.slice(0, 10) ?? '—';
}
