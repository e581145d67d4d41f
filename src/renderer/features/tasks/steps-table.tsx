import { ListTree } from 'lucide-react';
import { useRef } from 'react';
import type { TaskDetail } from '../../../contract/tasks.ts';
import { clock, duration } from '../../lib/format.ts';
import { focusable } from '../../ui/focusable.ts';
import { EmptyState } from '../../ui/state-frame.tsx';
import { Status } from '../../ui/status.tsx';
import { VirtualRows } from '../../ui/table/virtual-rows.tsx';

/** Steps as a table, for reading times and outputs side by side. */
export function StepsTable({ task }: { task: TaskDetail }) {
  const scroll = useRef<HTMLElement>(null);
  if (task.steps.length === 0) {
    return (
      <EmptyState icon={<ListTree size={24} />} title="No steps" help="tasks#steps">
        A browser script names its steps with <code>await step('Sign in', async () =&gt; …)</code>.
      </EmptyState>
    );
  }
  return (
    <section className="scroll" aria-label="Steps" ref={scroll} {...focusable}>
      <table className="grid plain-table" aria-rowcount={task.steps.length + 1}>
        <colgroup>
          <col style={{ width: 72 }} />
          <col style={{ width: 130 }} />
          <col />
          <col style={{ width: 110 }} />
          <col style={{ width: 90 }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Status</th>
            <th scope="col">Step</th>
            <th scope="col">Started</th>
            <th scope="col" className="num">
              Duration
            </th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <VirtualRows
          count={task.steps.length}
          columns={6}
          scroll={scroll}
          row={(index) => {
            const step = task.steps[index];
            return step === undefined ? null : (
              <StepRow key={`${step.attempt}-${step.seq}`} step={step} index={index} />
            );
          }}
        />
      </table>
    </section>
  );
}

function StepRow({ step, index }: { step: TaskDetail['steps'][number]; index: number }) {
  const lasted = step.finished_at === null ? null : Date.parse(step.finished_at) - Date.parse(step.started_at);
  return (
    <tr aria-rowindex={index + 2}>
      <td className="muted">{step.attempt}</td>
      <td>
        <Status state={step.status} />
      </td>
      <td>{step.name}</td>
      <td className="mono">{clock(step.started_at)}</td>
      <td className="num">{lasted === null ? '–' : duration(lasted)}</td>
      <td className={step.error === null ? 'muted mono' : 'tone-bad'}>
        {step.error?.detail ?? (step.output === null ? '' : JSON.stringify(step.output))}
      </td>
    </tr>
  );
}
