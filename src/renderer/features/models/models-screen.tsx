import { Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { isEmpty, useOperationQuery, usePages } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, IconButton } from '../../ui/buttons.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { AddDialog } from './add/add-dialog.tsx';
import { DropFrame } from './add/drop-frame.tsx';
import { useDroppedPaths } from './add/use-dropped-paths.ts';
import { useUpload } from './add/use-upload.ts';
import { DownloadTab } from './download/download-tab.tsx';
import { InstalledTab } from './installed/installed-tab.tsx';
import { useModelActions } from './installed/use-model-actions.ts';
import { RunningTab } from './running-tab.tsx';
import { type Loading, useLoading } from './use-loading.ts';

const COMMON = { group: 'Models', layer: 'view' } as const;

export function ModelsScreen() {
  const [search, set] = useFilters();
  const [adding, setAdding] = useState(false);
  const list = usePages('models_list', { sort: search.sort ?? 'name' });
  const downloads = useOperationQuery('models_downloads', {});
  const actions = useModelActions();
  const noImport = useCan('models_import');
  const loading = useLoading();
  const show = (id: string) => set({ peek: id, tab: undefined });
  const upload = useUpload(show);
  const expectPaths = useDroppedPaths(show);
  const shown = list.rows.find(({ id }) => id === search.peek);
  const tab = search.tab === 'download' || search.tab === 'running' ? search.tab : 'installed';
  const running = downloads.data?.items.length ?? 0;
  useScreenActions({ shown, loading, actions, add: () => setAdding(true), unselect: () => set({ peek: undefined }) });
  return (
    <Screen>
      <ScreenHead>
        <h1>Models</h1>
        <Tabs
          name="models"
          label="Models"
          tabs={[
            { id: 'installed', label: 'Installed', count: list.total },
            { id: 'download', label: 'Download', count: running === 0 ? null : running },
            { id: 'running', label: 'Running', count: loading.loaded.length + loading.loads.length || null },
          ]}
          value={tab}
          onChange={(next) => set({ tab: next === 'installed' ? undefined : next })}
        />
        <span className={layout.grow} />
        <IconButton
          label="Look through the models folder"
          Icon={RefreshCw}
          blocked={actions.scanBlocked}
          onClick={actions.scan}
        />
        <Button
          kind={isEmpty(list) && tab === 'installed' ? undefined : 'primary'}
          icon={<Plus size={14} />}
          action="models.add"
          blocked={noImport}
          onClick={() => setAdding(true)}
        >
          Add model
        </Button>
      </ScreenHead>
      <DropFrame upload={upload} expectPaths={expectPaths}>
        <TabPanel name="models" value={tab}>
          {tab === 'installed' ? (
            <InstalledTab search={search} set={set} add={() => setAdding(true)} />
          ) : tab === 'download' ? (
            <DownloadTab />
          ) : (
            <RunningTab loading={loading} />
          )}
        </TabPanel>
      </DropFrame>
      <AddDialog opened={adding} close={() => setAdding(false)} show={show} upload={upload} />
    </Screen>
  );
}

/** What keys and the palette do with the selected model. */
function useScreenActions({
  shown,
  loading,
  actions,
  add,
  unselect,
}: {
  shown: InstalledModel | undefined;
  loading: Loading;
  actions: ReturnType<typeof useModelActions>;
  add(): void;
  unselect(): void;
}) {
  const noImport = useCan('models_import');
  useActions([
    {
      ...COMMON,
      id: 'models.toggle',
      title: 'Load or unload the selected model',
      keys: ['S'],
      blocked: shown === undefined ? 'No model selected' : loading.blocked(shown),
      run: () => shown && loading.toggle(shown),
    },
    { ...COMMON, id: 'models.add', title: 'Add a model', keys: ['N'], blocked: noImport, run: add },
    {
      ...COMMON,
      id: 'models.delete',
      title: 'Delete the selected model',
      keys: ['Delete'],
      blocked: shown === undefined ? 'No model selected' : actions.deleteBlocked,
      run: () => shown && actions.remove(shown, unselect),
    },
    {
      ...COMMON,
      id: 'models.close',
      title: 'Close the inspector',
      keys: ['Escape'],
      hidden: true,
      run: unselect,
    },
  ]);
}
