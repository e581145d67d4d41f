import type { ProxyServer } from '../../../../contract/automation/proxies.ts';
import { shownActions } from '../../../lib/keys/shown-actions.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useCan } from '../../../lib/use-can.ts';
import { useProxyActions } from '../proxy-actions.tsx';

/** Registers the list's keyboard actions; `shown` is the proxy in the inspector. */
export function useListActions({
  shown,
  set,
  checkAll,
}: {
  shown: ProxyServer | undefined;
  set(patch: Record<string, string | undefined>): void;
  checkAll(): void;
}): void {
  const actions = useProxyActions();
  const noCreate = useCan('proxies_create');
  const noImport = useCan('proxies_import');
  const noUpdate = useCan('proxies_update');
  const noDelete = useCan('proxies_delete');
  const noCheck = useCan('proxies_check');
  const noCheckAll = useCan('proxies_check_all');
  const close = () => set({ peek: undefined });
  const { always, onShown, copyAndClose } = shownActions('Proxies', 'proxy', shown);

  useActions([
    always({ id: 'proxies.new', title: 'New proxy', keys: ['N'] }, noCreate, () => set({ edit: 'new' })),
    always({ id: 'proxies.import', title: 'Import proxies', keys: ['I'] }, noImport, () => set({ edit: 'import' })),
    always({ id: 'proxies.checkAll', title: 'Check all proxies', keys: ['Shift+V'] }, noCheckAll, checkAll),
    onShown({ id: 'proxies.check', title: 'Check the selected proxy', keys: ['V'] }, noCheck, actions.check),
    onShown({ id: 'proxies.edit', title: 'Edit the selected proxy', keys: ['E'] }, noUpdate, ({ id }) =>
      set({ edit: id }),
    ),
    onShown(
      { id: 'proxies.delete', title: 'Delete the selected proxy', keys: ['Delete'] },
      noDelete,
      (proxy) => void actions.remove(proxy, close),
    ),
    ...copyAndClose('proxies', close),
  ]);
}
