import { Modal } from '@mantine/core';
import { ImageIcon } from 'lucide-react';
import { useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { traceUrl } from '../../../lib/client/content.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { neighbourTab, TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { Artifacts, Screens } from './artifacts.tsx';
import { StepsTable } from './steps-table.tsx';
import css from './task-bottom.module.css';
import { TaskEvents } from './task-events.tsx';
import { TaskLog } from './task-log.tsx';

type BottomTab = 'log' | 'steps' | 'artifacts' | 'screens' | 'events';

/** Log, steps, artifacts, screenshots and events of a task. */
export function TaskBottom({ task }: { task: TaskDetail }) {
  const [search, set] = useFilters();
  const [trace, setTrace] = useState<Artifact | null>(null);
  const artifacts = useOperationQuery('artifacts_list', { id: task.id });
  const shots = artifacts.data?.items.filter(({ kind }) => kind === 'screenshot') ?? [];
  const tabs = [
    { id: 'log', label: 'Log' },
    { id: 'steps', label: 'Steps', count: task.steps.length },
    { id: 'artifacts', label: 'Artifacts', count: artifacts.data?.items.length ?? null },
    { id: 'screens', label: 'Screens', count: shots.length },
    { id: 'events', label: 'Events' },
  ] as const;
  const value = tabs.find(({ id }) => id === search.tab)?.id ?? 'log';
  const setTab = (tab: BottomTab) => set({ tab: tab === 'log' ? undefined : tab });
  const to = (tab: BottomTab, title: string, key: string) =>
    ({
      id: `task.tab.${tab}`,
      title,
      group: 'Task',
      layer: 'detail',
      keys: [key],
      hidden: true,
      run: () => setTab(tab),
    }) as const;
  useActions([
    to('log', 'Log', 'L'),
    to('steps', 'Steps', 'S'),
    to('artifacts', 'Artifacts', 'A'),
    {
      id: 'task.tab.next',
      title: 'Next tab',
      group: 'Task',
      layer: 'detail',
      keys: [']'],
      hidden: true,
      run: () => setTab(neighbourTab(tabs, value, 1)),
    },
    {
      id: 'task.tab.before',
      title: 'Tab before',
      group: 'Task',
      layer: 'detail',
      keys: ['['],
      hidden: true,
      run: () => setTab(neighbourTab(tabs, value, -1)),
    },
  ]);
  return (
    <section className={`${layout.col} ${layout.grow}`} aria-label="Details">
      <ToolBar>
        <Tabs name="task-bottom" label="Details" tabs={tabs} value={value} onChange={setTab} />
      </ToolBar>
      <TabPanel name="task-bottom" value={value}>
        {value === 'log' ? <TaskLog id={task.id} /> : null}
        {value === 'steps' ? <StepsTable task={task} /> : null}
        {value === 'artifacts' ? <Artifacts id={task.id} onTrace={setTrace} /> : null}
        {value === 'screens' ? (
          shots.length === 0 ? (
            <EmptyState icon={<ImageIcon size={24} />} title="No screenshots" help="tasks#artifacts" />
          ) : (
            <div className={css.screens}>
              <Screens shots={shots} />
            </div>
          )
        ) : null}
        {value === 'events' ? <TaskEvents id={task.id} /> : null}
      </TabPanel>
      <Modal
        opened={trace !== null}
        onClose={() => setTrace(null)}
        title={trace?.name}
        size="calc(100vw - 64px)"
        classNames={{ body: css.traceBody ?? '' }}
      >
        {trace === null ? null : (
          <iframe
            className={css.trace}
            title={`Trace ${trace.name}`}
            src={traceUrl(trace)}
            // Not the panel's origin, but its own, where the viewer's service worker is; it may not lead the panel elsewhere.
            sandbox="allow-scripts allow-same-origin allow-downloads"
          />
        )}
      </Modal>
    </section>
  );
}
