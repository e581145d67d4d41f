import { ListTree } from 'lucide-react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { clock, duration } from '../../../lib/format.ts';
import { Status } from '../../../ui/display/status.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';

const COLUMNS = [
  { title: 'Attempt', width: 72 },
  { title: 'Status', width: 130 },
  { title: 'Step' },
  { title: 'Started', width: 110 },
  { title: 'Duration', width: 90, numeric: true },
  { title: 'Result' },
];

/** Steps as a table, for reading times and outputs side by side. */
export function StepsTable({ task }: { task: TaskDetail }) {
  if (task.steps.length === 0) {
    return (
      <EmptyState icon={<ListTree size={24} />} title="No steps" help="tasks#steps">
        A browser script names its steps with <code>await step('Sign in', async () =&gt; …)</code>.
      </EmptyState>
    );
  }
  return (
    <PlainTable
      label="Steps"
      columns={COLUMNS}
      count={task.steps.length}
      row={(index) => {
        const step = task.steps[index];
        return step === undefined ? null : <StepRow key={`${step.attempt}-${step.seq}`} step={step} index={index} />;
      }}
    />
  );
}

function StepRow({ step, index }: { step: TaskDetail['steps'][number]; index: number }) {
  const lasted = step.finished_at === null ? null : Date.parse(step.finished_at) - Date.parse(step.started_at);
  return (
    <tr aria-rowindex={index + 2}>
      <td className={text.muted}>{step.attempt}</td>
      <td>
        <Status state={step.status} />
      </td>
      <td>{step.name}</td>
      <td className={text.mono}>{clock(step.started_at)}</td>
      <td className={text.num}>{lasted === null ? '–' : duration(lasted)}</td>
      <td className={step.error === null ? `${text.muted} ${text.mono}` : text.bad}>
        {step.error?.detail ?? (step.output === null ? '' : JSON.stringify(step.output))}
      </td>
    </tr>
  );
}
