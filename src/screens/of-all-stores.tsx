import type { ManagerDesk } from './use-manager-desk.ts';

/** A note for panels that ignore the chosen store. Renders nothing if the choice makes no difference. */
export function OfAllStores({ desk: { t, stores, storeId } }: { desk: ManagerDesk }) {
  if (storeId === '' || stores.length < 2) return null;
  return (
    <p class="panel-quiet" data-test="of-all-stores">
      {t.ofAllStores}
    </p>
  );
}
