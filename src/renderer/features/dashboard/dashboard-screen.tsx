import { Play, Rocket } from 'lucide-react';
import { useState } from 'react';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { Screen, ScreenHead } from '../../ui/screen.tsx';
import { RunDialog } from '../run/index.ts';
import { Attention } from './attention.tsx';
import { Failures } from './failures.tsx';
import { Machine } from './machine.tsx';
import { Outcomes } from './outcomes.tsx';
import { RunningNow } from './running-now.tsx';
import { Tiles } from './tiles.tsx';
import { useExample } from './use-example.ts';
import './dashboard.css';

/** What goes on, at a glance. */
export function DashboardScreen() {
  const [running, setRunning] = useState(false);
  const blocked = useCan('tasks_create');
  const noDemo = useCan('demo_start');
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
      blocked,
      run: () => setRunning(true),
    },
    {
      id: 'dashboard.example',
      title: 'Run the example',
      group: 'Dashboard',
      layer: 'view',
      keys: ['E'],
      blocked: noDemo ?? blocked,
      run: example.run,
    },
  ]);
  return (
    <Screen>
      <ScreenHead>
        <h1>Dashboard</h1>
        <span className="grow" />
        {fresh ? null : (
          <Button
            kind="primary"
            icon={<Play size={14} />}
            action="dashboard.new"
            blocked={blocked}
            onClick={() => setRunning(true)}
          >
            Run a command
          </Button>
        )}
      </ScreenHead>
      <StateFrame of={queue}>
        <div className="scroll dashboard">
          <Attention />
          {fresh ? (
            <div className="card" style={{ display: 'flex', minHeight: 280 }}>
              <EmptyState
                icon={<Rocket size={28} />}
                title="Nothing has run yet"
                help="first-task"
                action={
                  <Button
                    kind="primary"
                    action="dashboard.example"
                    showKey
                    icon={<Play size={14} />}
                    blocked={noDemo ?? blocked}
                    busy={example.busy}
                    onClick={example.run}
                  >
                    Run the example
                  </Button>
                }
              >
                The example signs in to a small demo site on this computer with a profile of its own, and leaves a
                screenshot, a trace and an output.
              </EmptyState>
            </div>
          ) : (
            <>
              <Tiles />
              <div className="dashboard-main">
                <Outcomes />
                <Failures />
                <RunningNow />
                <Machine />
              </div>
            </>
          )}
          {fresh ? <Machine /> : null}
        </div>
      </StateFrame>
      <RunDialog opened={running} close={() => setRunning(false)} />
    </Screen>
  );
}
