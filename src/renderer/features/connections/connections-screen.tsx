import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useActions } from '../../lib/keys/use-actions.ts';
import { isEmpty, usePages } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { Button } from '../../ui/buttons.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { ApiExplorer } from './api-explorer.tsx';
import { ConnectionList } from './connection-list.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { KeyTable } from './key-table.tsx';
import { PanelLinkButton } from './panel-link.tsx';

const TABS = [
  { id: 'keys', label: 'API keys' },
  { id: 'clients', label: 'Connected now' },
  { id: 'api', label: 'API' },
] as const;

export function ConnectionsScreen() {
  const [search, set] = useFilters();
  const [creating, setCreating] = useState(false);
  const blocked = useCan('keys_create');
  const keys = usePages('keys_list', {});
  const tab = TABS.find(({ id }) => id === search.tab)?.id ?? 'keys';
  useActions([
    {
      id: 'keys.new',
      title: 'New API key',
      group: 'Connections',
      layer: 'view',
      keys: ['N'],
      blocked,
      run: () => setCreating(true),
    },
  ]);
  return (
    <Screen>
      <ScreenHead>
        <h1>Connections</h1>
        <Tabs
          name="connections"
          label="Connections"
          tabs={TABS}
          value={tab}
          onChange={(next) => set({ tab: next === 'keys' ? undefined : next })}
        />
        <span className={layout.grow} />
        <PanelLinkButton />
        <Button
          kind={isEmpty(keys) ? undefined : 'primary'}
          icon={<Plus size={14} />}
          action="keys.new"
          blocked={blocked}
          onClick={() => setCreating(true)}
        >
          New API key
        </Button>
      </ScreenHead>
      <TabPanel name="connections" value={tab}>
        {tab === 'keys' ? <KeyTable onNew={() => setCreating(true)} /> : null}
        {tab === 'clients' ? <ConnectionList /> : null}
        {tab === 'api' ? <ApiExplorer /> : null}
      </TabPanel>
      <KeyDialog opened={creating} close={() => setCreating(false)} />
    </Screen>
  );
}
