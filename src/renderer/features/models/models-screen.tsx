import { FileDown, Plus, RefreshCw } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { useActions } from '../../lib/keys/use-actions.ts';
import { isEmpty, useOperationQuery, usePages } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button, IconButton } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { AddDialog } from './add-dialog.tsx';
import { DownloadTab } from './download-tab.tsx';
import { InstalledTab } from './installed-tab.tsx';
import css from './models.module.css';
import { ProgressLine } from './progress-line.tsx';
import { RunningTab } from './running-tab.tsx';
import { useDroppedPaths } from './use-dropped-paths.ts';
import { useLoading } from './use-loading.ts';
import { useModelActions } from './use-model-actions.ts';
import { type Uploading, useUpload } from './use-upload.ts';

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
  useActions([
    {
      ...COMMON,
      id: 'models.toggle',
      title: 'Load or unload the selected model',
      keys: ['S'],
      blocked: shown === undefined ? 'No model selected' : loading.blocked(shown),
      run: () => shown && loading.toggle(shown),
    },
    { ...COMMON, id: 'models.add', title: 'Add a model', keys: ['N'], blocked: noImport, run: () => setAdding(true) },
    {
      ...COMMON,
      id: 'models.delete',
      title: 'Delete the selected model',
      keys: ['Delete'],
      blocked: shown === undefined ? 'No model selected' : actions.deleteBlocked,
      run: () => shown && actions.remove(shown, () => set({ peek: undefined })),
    },
    {
      ...COMMON,
      id: 'models.close',
      title: 'Close the inspector',
      keys: ['Escape'],
      hidden: true,
      run: () => set({ peek: undefined }),
    },
  ]);
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
            { id: 'running', label: 'Running', count: loading.loaded.length === 0 ? null : loading.loaded.length },
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

/** Takes files that are dropped anywhere on the screen. */
function DropFrame({
  upload,
  expectPaths,
  children,
}: {
  upload: Uploading;
  expectPaths: (() => void) | null;
  children: React.ReactNode;
}) {
  const [over, setOver] = useState(false);
  const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is done with the keys by the dialog of the button above
    <div
      className={css.frame}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (expectPaths !== null) expectPaths();
        else if (file) upload.start(file);
      }}
    >
      {upload.current === null ? null : <OnItsWay current={upload.current} />}
      {children}
      {over ? (
        <div className={css.drop}>
          <FileDown size={18} /> {upload.blocked ?? 'Drop a GGUF file to add it'}
        </div>
      ) : null}
    </div>
  );
}

function OnItsWay({ current: { name, loaded, total } }: { current: NonNullable<Uploading['current']> }) {
  const rest = { bytes_per_second: null, eta_seconds: null, step: null, message: null };
  const progress = { ...rest, percent: (loaded / Math.max(1, total)) * 100, done_bytes: loaded, total_bytes: total };
  return (
    <Notice tone="info" square>
      <span className={layout.grow}>Adding {name}</span>
      <ProgressLine progress={progress} />
    </Notice>
  );
}
