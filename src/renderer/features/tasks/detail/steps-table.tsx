import { ListTree } from 'lucide-react';
import { useState } from 'react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { Step, TaskDetail } from '../../../../contract/automation/tasks.ts';
import { clock, duration } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { Status } from '../../../ui/display/status.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { Split } from '../../../ui/split.tsx';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { failureSubject } from '../failure/failure-subject.ts';
import { FailureView } from '../failure/failure-view.tsx';
import css from './steps-table.module.css';

const COLUMNS = [
  { title: 'Attempt', width: 72 },
  { title: 'Status', width: 130 },
  { title: 'Step' },
  { title: 'Started', width: 110 },
  { title: 'Duration', width: 90, numeric: true },
  { title: 'Result' },
];

/** Steps as a table, for reading times and outputs side by side; a step that failed opens its failure beside it. */
export function StepsTable({ task, onTrace }: { task: TaskDetail; onTrace(artifact: Artifact): void }) {
  const [open, setOpen] = useState<string | null>(null);
  if (task.steps.length === 0) {
    return (
      <EmptyState icon={<ListTree size={24} />} title="No steps" help="tasks#steps">
        A browser script names its steps with <code>await step('Sign in', async () =&gt; …)</code>.
      </EmptyState>
    );
  }
  const opened = task.steps.find((step) => keyOf(step) === open) ?? null;
  const failure = opened === null ? null : failureSubject(task, { step: opened, attempt: null });
  const table = (
    <PlainTable
      label="Steps"
      columns={COLUMNS}
      count={task.steps.length}
      row={(index) => {
        const step = task.steps[index];
        if (step === undefined) return null;
        const key = keyOf(step);
        const toggle = () => setOpen(open === key ? null : key);
        return <StepRow key={key} step={step} index={index} isOpen={open === key} toggle={toggle} />;
      }}
    />
  );
  return (
    <Split
      name="step-failure"
      fixed="second"
      size={560}
      min={300}
      max={1000}
      label="Width of the failure"
      first={table}
      second={failure === null ? null : <FailureView key={open} task={task} failure={failure} onTrace={onTrace} />}
    />
  );
}

const keyOf = ({ attempt, seq }: Step) => `${attempt}-${seq}`;

function StepRow({ step, index, isOpen, toggle }: { step: Step; index: number; isOpen: boolean; toggle(): void }) {
  const lasted = step.finished_at === null ? null : Date.parse(step.finished_at) - Date.parse(step.started_at);
  return (
    <tr aria-rowindex={index + 2}>
      <td className={text.muted}>{step.attempt}</td>
      <td>
        <Status state={step.status} />
      </td>
      <td>{lineOf(step.name)}</td>
      <td className={text.mono}>{clock(step.started_at)}</td>
      <td className={text.num}>{lasted === null ? '–' : duration(lasted)}</td>
      {step.error === null ? (
        <td className={`${text.muted} ${text.mono}`}>
          {step.output === null ? '' : lineOf(JSON.stringify(step.output))}
        </td>
      ) : (
        <td>
          <button
            type="button"
            className={`${css.failure} ${text.clip}`}
            aria-expanded={isOpen}
            title="Show the failure"
            onClick={toggle}
          >
            {lineOf(step.error.detail)}
          </button>
        </td>
      )}
    </tr>
  );
}
