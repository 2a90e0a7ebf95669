import { useEffect, useRef } from 'preact/hooks';
import type { Desk } from './use-desk.ts';

/** Blocks the page once another page has the register: what was sold there must not be sold here again. */
export function TakenOver({ desk: { register, t } }: { desk: Desk }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { isTakenOver } = register;
  const show = () => dialog.current?.showModal();
  useEffect(() => {
    if (isTakenOver) show();
  }, [isTakenOver]);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="taken-over-title"
      onClose={show}
      data-test="taken-over"
    >
      <h2 id="taken-over-title">{t.takenOver}</h2>
      <button
        type="button"
        class="button button-accept"
        onClick={() => location.reload()}
        data-test="use-here"
      >
        {t.useHere}
      </button>
    </dialog>
  );
}
