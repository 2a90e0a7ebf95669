import { useRef, useState } from 'preact/hooks';
import type { AnalystTranslation } from './analyst-words.ts';
import { changeModel } from './gateway-api.ts';

type Change = ReturnType<typeof useModelChange>;

/** A change of the version in service: asked for, confirmed, made, and what came of it. */
export function useModelChange(t: AnalystTranslation, onChanged: () => void) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [isWorking, setWorking] = useState(false);
  const [text, setText] = useState('');
  return {
    dialog,
    wanted,
    isWorking,
    text,
    ask: (version: string | null) => {
      setWanted(version);
      dialog.current?.showModal();
    },
    confirm: async () => {
      dialog.current?.close();
      setWorking(true);
      setText(t.working);
      try {
        const problem = await changeModel(wanted);
        setText(problem ? t.notChanged(problem.detail ?? problem.title) : t.changed);
      } catch {
        setText(t.noAnswer);
      }
      setWorking(false);
      onChanged();
    },
  };
}

/** Asks once more before every till and agent is answered by another version. */
export function ConfirmChange({ t, change }: { t: AnalystTranslation; change: Change }) {
  const { dialog, wanted, confirm } = change;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" data-test="confirm">
      <h2 id="confirm-title">{wanted === null ? t.confirmRollback : t.confirmPromote(wanted)}</h2>
      <p class="confirm-text">{t.confirmText}</p>
      <div class="log-in-buttons">
        <button type="button" class="button button-quiet" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
        <button
          type="button"
          class="button button-accept"
          onClick={() => void confirm()}
          data-test="confirm-change"
        >
          {wanted === null ? t.rollback : t.promote}
        </button>
      </div>
    </dialog>
  );
}
