import { Modal } from '@mantine/core';
import { ImageIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { isEscapeOf, viewerUrl } from '../../../lib/client/content.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { neighbourTab, TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { failureSubject } from '../failure/failure-subject.ts';
import { FailureView } from '../failure/failure-view.tsx';
import { hasFailed } from '../task-facts.ts';
import type { TreeRow } from '../timeline/step-tree.ts';
import { Artifacts, Screens } from './artifacts.tsx';
import { StepsTable } from './steps-table.tsx';
import css from './task-bottom.module.css';
import { TaskEvents } from './task-events.tsx';
import { TaskLog } from './task-log.tsx';

type BottomTab = 'failure' | 'log' | 'steps' | 'artifacts' | 'screens' | 'events';

/** Keys of the tabs: some by their letter, all by going from one to the next. */
function useTabKeys(setTab: (tab: BottomTab) => void, move: (by: 1 | -1) => void): void {
  const to = (id: string, title: string, key: string, run: () => void) =>
    ({ id: `task.tab.${id}`, title, group: 'Task', layer: 'detail', keys: [key], hidden: true, run }) as const;
  useActions([
    to('failure', 'Failure', 'F', () => setTab('failure')),
    to('log', 'Log', 'L', () => setTab('log')),
    to('steps', 'Steps', 'S', () => setTab('steps')),
    to('artifacts', 'Artifacts', 'A', () => setTab('artifacts')),
    to('next', 'Next tab', ']', () => move(1)),
    to('before', 'Previous tab', '[', () => move(-1)),
  ]);
}

function TraceDialog({ trace, close }: { trace: Artifact | null; close(): void }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const onMessage = (event: MessageEvent) => {
      if (isEscapeOf(frame.current, event)) close();
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  });
  return (
    <Modal
      opened={trace !== null}
      onClose={close}
      title={trace?.name}
      size="calc(100vw - 64px)"
      classNames={{ body: css.traceBody ?? '' }}
    >
      {trace === null ? null : (
        <iframe
          ref={frame}
          className={css.trace}
          title={`${trace.kind === 'report' ? 'Report' : 'Trace'} ${trace.name}`}
          src={viewerUrl(trace)}
          // Not the panel's origin, but its own, where the viewer's service worker is; it may not lead the panel elsewhere.
          sandbox="allow-scripts allow-same-origin allow-downloads"
        />
      )}
    </Modal>
  );
}

/** Failure, log, steps, artifacts, screenshots and events of a task. The row that is chosen in the tree says whose failure is shown. */
export function TaskBottom({ task, row }: { task: TaskDetail; row: TreeRow | null }) {
  const [search, set] = useFilters();
  const [trace, setTrace] = useState<Artifact | null>(null);
  const artifacts = useOperationQuery('artifacts_list', { id: task.id });
  const shots = artifacts.data?.items.filter(({ kind }) => kind === 'screenshot') ?? [];
  const failure = failureSubject(task, row);
  const tabs = [
    ...(failure === null ? [] : [{ id: 'failure' as const, label: 'Failure' }]),
    { id: 'log', label: 'Log' },
    { id: 'steps', label: 'Steps', count: task.steps.length },
    { id: 'artifacts', label: 'Artifacts', count: artifacts.data?.items.length ?? null },
    { id: 'screens', label: 'Screens', count: shots.length },
    { id: 'events', label: 'Events' },
  ] as const;
  const first: BottomTab = failure !== null && hasFailed(task) ? 'failure' : 'log';
  const value = tabs.find(({ id }) => id === search.tab)?.id ?? first;
  const setTab = (tab: BottomTab) => set({ tab: tab === first ? undefined : tab });
  useTabKeys(setTab, (by) => setTab(neighbourTab(tabs, value, by)));
  return (
    <section className={`${layout.col} ${layout.grow}`} aria-label="Details">
      <ToolBar>
        <Tabs name="task-bottom" label="Details" tabs={tabs} value={value} onChange={setTab} />
      </ToolBar>
      <TabPanel name="task-bottom" value={value}>
        {value === 'failure' && failure !== null ? (
          <FailureView task={task} failure={failure} onTrace={setTrace} />
        ) : null}
        {value === 'log' ? <TaskLog id={task.id} /> : null}
        {value === 'steps' ? <StepsTable task={task} onTrace={setTrace} /> : null}
        {value === 'artifacts' ? <Artifacts id={task.id} onTrace={setTrace} /> : null}
        {value === 'screens' ? (
          shots.length === 0 ? (
            <EmptyState icon={<ImageIcon size={24} />} title="No screenshots" help="failures-and-artifacts#artifacts" />
          ) : (
            <div className={css.screens}>
              <Screens shots={shots} />
            </div>
          )
        ) : null}
        {value === 'events' ? <TaskEvents id={task.id} /> : null}
      </TabPanel>
      <TraceDialog trace={trace} close={() => setTrace(null)} />
    </section>
  );
}
