import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import type { Action } from '../../lib/keys/registry.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { useProxyActions } from './proxy-actions.tsx';

const COMMON = { group: 'Proxies', layer: 'view' } as const;

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
  const onShown = (
    action: Pick<Action, 'id' | 'title' | 'keys'>,
    blocked: string | null,
    run: (proxy: ProxyServer) => void,
  ): Action => ({
    ...COMMON,
    ...action,
    blocked: shown === undefined ? 'No proxy selected' : blocked,
    run: () => shown && run(shown),
  });

  useActions([
    {
      ...COMMON,
      id: 'proxies.new',
      title: 'New proxy',
      keys: ['N'],
      blocked: noCreate,
      run: () => set({ edit: 'new' }),
    },
    {
      ...COMMON,
      id: 'proxies.import',
      title: 'Import proxies',
      keys: ['I'],
      blocked: noImport,
      run: () => set({ edit: 'import' }),
    },
    {
      ...COMMON,
      id: 'proxies.checkAll',
      title: 'Check all proxies',
      keys: ['Shift+V'],
      blocked: noCheckAll,
      run: checkAll,
    },
    onShown({ id: 'proxies.check', title: 'Check the selected proxy', keys: ['V'] }, noCheck, actions.check),
    onShown({ id: 'proxies.edit', title: 'Edit the selected proxy', keys: ['E'] }, noUpdate, ({ id }) =>
      set({ edit: id }),
    ),
    onShown(
      { id: 'proxies.delete', title: 'Delete the selected proxy', keys: ['Delete'] },
      noDelete,
      (proxy) => void actions.remove(proxy, close),
    ),
    onShown(
      { id: 'proxies.copy', title: 'Copy id of the selected proxy', keys: ['Mod+Shift+C'] },
      null,
      ({ id }) => void navigator.clipboard.writeText(id),
    ),
    { ...COMMON, id: 'proxies.close', title: 'Close the inspector', keys: ['Escape'], hidden: true, run: close },
  ]);
}
