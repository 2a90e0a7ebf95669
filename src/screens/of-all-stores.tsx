import type { ManagerDesk } from './use-manager-desk.ts';

/** On a panel that leaves the choice of a store out of account; nothing where it makes no difference. */
export function OfAllStores({ desk: { t, stores, storeId } }: { desk: ManagerDesk }) {
  if (storeId === '' || stores.length < 2) return null;
  return (
    <p class="panel-quiet" data-test="of-all-stores">
      {t.ofAllStores}
    </p>
  );
}
