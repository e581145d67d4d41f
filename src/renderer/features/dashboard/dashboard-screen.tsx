import { Play } from 'lucide-react';
import { useState } from 'react';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import { RunDialog } from '../run/index.ts';
import { Attention } from './attention.tsx';
import css from './dashboard-screen.module.css';
import { Failures } from './failures.tsx';
import { FirstRun } from './first-run.tsx';
import { Machine } from './machine.tsx';
import { Outcomes } from './outcomes.tsx';
import { RunningNow } from './running-now.tsx';
import { Tiles } from './tiles.tsx';
import { useExample } from './use-example.ts';

export function DashboardScreen() {
  const [running, setRunning] = useState(false);
  const noTask = useCan('tasks_create');
  const queue = useOperationQuery('queue_stats', {});
  const example = useExample();
  const fresh = queue.data !== undefined && Object.values(queue.data.counts).every((n) => n === 0);
  useActions([
    {
      id: 'dashboard.new',
      title: 'Run a command',
      group: 'Dashboard',
      layer: 'view',
      keys: ['N'],
      blocked: noTask,
      run: () => setRunning(true),
    },
    {
      id: 'dashboard.example',
      title: 'Run the example',
      group: 'Dashboard',
      layer: 'view',
      keys: ['E'],
      blocked: example.blocked,
      run: example.run,
    },
  ]);
  return (
    <Screen>
      <ScreenHead>
        <h1>Dashboard</h1>
        <span className={layout.grow} />
        {fresh ? null : (
          <Button
            kind="primary"
            icon={<Play size={14} />}
            action="dashboard.new"
            blocked={noTask}
            onClick={() => setRunning(true)}
          >
            Run a command
          </Button>
        )}
      </ScreenHead>
      <StateFrame of={queue}>
        <div className={`${layout.scroll} ${css.dashboard}`}>
          <Attention />
          {fresh ? (
            <>
              <FirstRun example={example} />
              <Machine />
            </>
          ) : (
            <>
              <Tiles />
              <div className={css.main}>
                <Outcomes />
                <Failures />
                <RunningNow />
                <Machine />
              </div>
            </>
          )}
        </div>
      </StateFrame>
      <RunDialog opened={running} close={() => setRunning(false)} />
    </Screen>
  );
}
