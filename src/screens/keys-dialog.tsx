import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { chooseSingleKeys, usesSingleKeys } from './preferences.ts';
import type { Translation } from './translations.ts';

interface KeyHelp {
  readonly keys: readonly string[];
  readonly does: string;
}

interface KeysDialogProps {
  readonly t: Translation;
  readonly dialog: RefObject<HTMLDialogElement>;
  /** The keys of the page, but for the one that opens this list. */
  readonly help: readonly KeyHelp[];
}

/** The keys that record what became of a prompt. */
export function answerKeys(t: Translation): readonly KeyHelp[] {
  return [
    { keys: ['Y'], does: t.accepted },
    { keys: ['N'], does: t.declined },
    { keys: ['S'], does: t.notOffered },
  ];
}

/** The keys of a page where a basket is put together. */
export function basketKeys(t: Translation, search: string, pay: string): readonly KeyHelp[] {
  return [
    { keys: ['/'], does: search },
    { keys: ['Enter'], does: t.keyAdd },
    { keys: ['Esc'], does: t.keyLeave },
    { keys: ['↑', '↓'], does: t.keyMove },
    { keys: ['+', '−'], does: t.keyMore },
    { keys: ['Del'], does: t.keyRemove },
    { keys: ['F9'], does: pay },
  ];
}

export function KeysDialog({ t, dialog, help }: KeysDialogProps) {
  const [isOn, setOn] = useState(usesSingleKeys);
  const change = (next: boolean) => {
    chooseSingleKeys(next);
    setOn(next);
  };
  return (
    <dialog ref={dialog} class="dialog keys-dialog" aria-labelledby="keys-title">
      <h2 id="keys-title">{t.keys}</h2>
      <dl>
        {[...help, { keys: ['?'], does: t.keyHelp }].map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={isOn} onChange={(event) => change(event.currentTarget.checked)} />
        {t.singleKeys}
      </label>
      <form method="dialog">
        <button type="submit" class="button button-quiet">
          {t.close}
        </button>
      </form>
    </dialog>
  );
}
