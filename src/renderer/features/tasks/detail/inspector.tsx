/** What went in and what came out, of the task or of the chosen step. */

import { FileInput, FileOutput, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { bytes, count, dateTime, duration } from '../../../lib/format.ts';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { Status } from '../../../ui/display/status.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { Problem } from '../problem.tsx';
import type { TreeRow } from '../timeline/step-tree.ts';

const TABS = [
  { id: 'input', label: 'Input' },
  { id: 'output', label: 'Output' },
  { id: 'error', label: 'Error' },
  { id: 'attempts', label: 'Attempts' },
] as const;
type InspectorTab = (typeof TABS)[number]['id'];

function firstTab(task: TaskDetail): InspectorTab {
  if (task.error !== null) return 'error';
  return task.output === null ? 'input' : 'output';
}

/** The pane at the right of a task. A step that is chosen narrows Output and Error to it. */
export function Inspector({ task, row }: { task: TaskDetail; row: TreeRow | null }) {
  const [chosen, setChosen] = useState<InspectorTab | null>(null);
  const tab = chosen ?? firstTab(task);
  const step = row?.step ?? null;
  const attempt = row?.attempt ?? null;
  const output = step === null ? task.output : step.output;
  const error = step === null ? (attempt?.error ?? task.error) : step.error;
  const of = step === null ? 'the task' : `step “${step.name}”`;
  return (
    <section className="col grow" aria-label="Inspector">
      <ToolBar>
        <Tabs name="inspector" label="Inspector" tabs={TABS} value={tab} onChange={setChosen} />
        <span className="grow" />
        {step === null ? null : <span className="muted clip">{step.name}</span>}
      </ToolBar>
      <TabPanel name="inspector" value={tab}>
        <div className="scroll">
          {tab === 'input' ? (
            Object.keys(task.input).length === 0 ? (
              <EmptyState icon={<FileInput size={24} />} title="This task has no input" help="commands#input-schema" />
            ) : (
              <JsonView value={task.input} label="input" />
            )
          ) : null}
          {tab === 'output' ? (
            output === null ? (
              <EmptyState icon={<FileOutput size={24} />} title={`No output of ${of}`} help="commands#three-kinds" />
            ) : (
              <JsonView value={output} label="output" />
            )
          ) : null}
          {tab === 'error' ? (
            error === null ? (
              <EmptyState icon={<ShieldCheck size={24} />} title={`No error of ${of}`} help={null} />
            ) : (
              <div style={{ padding: 12 }}>
                <Problem problem={error} />
              </div>
            )
          ) : null}
          {tab === 'attempts' ? (
            <div className="peek">
              {task.attempts.map((item) => (
                <section key={item.number}>
                  <div className="row" style={{ marginBottom: 6 }}>
                    <strong>Attempt {item.number}</strong>
                    <Status state={item.status} />
                  </div>
                  <dl className="facts">
                    <dt>Started</dt>
                    <dd>{dateTime(item.started_at)}</dd>
                    <dt>Duration</dt>
                    <dd>{duration(item.duration_ms)}</dd>
                    <dt>Exit code</dt>
                    <dd>{item.exit_code ?? '–'}</dd>
                    <dt>Log</dt>
                    <dd>
                      {count(item.log_lines)} lines, {bytes(item.log_bytes)}
                      {item.log_dropped > 0 ? (
                        <span className="tone-warn">, {count(item.log_dropped)} dropped over the limit</span>
                      ) : null}
                    </dd>
                    {item.error === null ? null : (
                      <>
                        <dt>Error</dt>
                        <dd>{item.error.detail}</dd>
                      </>
                    )}
                  </dl>
                </section>
              ))}
              {task.attempts.length === 0 ? <p className="muted">No attempt has started.</p> : null}
              <section>
                <h3>What runs</h3>
                <JsonView value={task.spec} label="spec" />
              </section>
            </div>
          ) : null}
        </div>
      </TabPanel>
    </section>
  );
}
