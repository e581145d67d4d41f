import { Play, Rocket } from 'lucide-react';
import { Button } from '../../ui/buttons.tsx';
import { Card } from '../../ui/display/card.tsx';
import { EmptyState } from '../../ui/feedback/state-frame.tsx';
import css from './first-run.module.css';
import type { Example } from './use-example.ts';

/** Offers the example in place of the figures until a first task exists. */
export function FirstRun({ example }: { example: Example }) {
  return (
    <Card className={css.card}>
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
            blocked={example.blocked}
            busy={example.busy}
            onClick={example.run}
          >
            Run the example
          </Button>
        }
      >
        The example signs in to a small demo site on this computer with a profile of its own, and leaves a screenshot, a
        trace and an output.
      </EmptyState>
    </Card>
  );
}
