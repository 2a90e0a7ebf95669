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
  /** What differs between the pages: the keys that answer a suggestion, search, and pay. */
  readonly answers: readonly KeyHelp[];
  readonly search: string;
  readonly pay: string;
}

export function KeysDialog({ t, dialog, answers, search, pay }: KeysDialogProps) {
  const help: readonly KeyHelp[] = [
    ...answers,
    { keys: ['/'], does: search },
    { keys: ['Enter'], does: t.keyAdd },
    { keys: ['Esc'], does: t.keyLeave },
    { keys: ['↑', '↓'], does: t.keyMove },
    { keys: ['+', '−'], does: t.keyMore },
    { keys: ['Del'], does: t.keyRemove },
    { keys: ['F9'], does: pay },
    { keys: ['?'], does: t.keyHelp },
  ];
  const [isOn, setOn] = useState(usesSingleKeys);
  const change = (next: boolean) => {
    chooseSingleKeys(next);
    setOn(next);
  };
  return (
    <dialog ref={dialog} class="dialog keys-dialog" aria-labelledby="keys-title">
      <h2 id="keys-title">{t.keys}</h2>
      <dl>
        {help.map(({ keys, does }) => (
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
