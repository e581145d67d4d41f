/** What went in and what came out, of the task or of the chosen step. */
import { Link } from '@tanstack/react-router';
import { FileInput, FileOutput, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { TrafficRun } from '../../../../contract/automation/profile/traffic.ts';
import type { Attempt, TaskDetail } from '../../../../contract/automation/tasks.ts';
import { bytes, count, dateTime, duration } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { lineOf, passageOf } from '../../../lib/text/tame.ts';
import { Facts } from '../../../ui/display/facts.tsx';
import { JsonView } from '../../../ui/display/json-view.tsx';
import { Status } from '../../../ui/display/status.tsx';
import { CodeEditor } from '../../../ui/editor/code-editor.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { Problem } from '../problem.tsx';
import type { TreeRow } from '../timeline/step-tree.ts';
import css from './inspector.module.css';

const TABS = [
  { id: 'input', label: 'Input' },
  { id: 'output', label: 'Output' },
  { id: 'error', label: 'Error' },
  { id: 'attempts', label: 'Attempts' },
] as const;
type InspectorTab = (typeof TABS)[number]['id'];

/** What is looked for first. Why a task failed is told below, where its picture, log and source are. */
function firstTab(task: TaskDetail, row: TreeRow | null): InspectorTab {
  if (row?.step?.error) return 'error';
  return task.output === null ? 'input' : 'output';
}

/** The pane at the right of a task. A step that is chosen narrows Output and Error to it. */
export function Inspector({ task, row }: { task: TaskDetail; row: TreeRow | null }) {
  const [chosen, setChosen] = useState<InspectorTab | null>(null);
  const tab = chosen ?? firstTab(task, row);
  const step = row?.step ?? null;
  const of = step === null ? 'the task' : `step “${lineOf(step.name)}”`;
  return (
    <section className={`${layout.col} ${layout.grow}`} aria-label="Inspector">
      <ToolBar>
        <Tabs name="inspector" label="Inspector" tabs={TABS} value={tab} onChange={setChosen} />
        <span className={layout.grow} />
        {step === null ? null : <span className={`${text.muted} ${text.clip}`}>{lineOf(step.name)}</span>}
      </ToolBar>
      <TabPanel name="inspector" value={tab}>
        <div className={layout.scroll}>
          {tab === 'input' ? <Input input={task.input} /> : null}
          {tab === 'output' ? <Output output={step === null ? task.output : step.output} of={of} /> : null}
          {tab === 'error' ? (
            <Failure error={step === null ? (row?.attempt?.error ?? task.error) : step.error} of={of} />
          ) : null}
          {tab === 'attempts' ? <Attempts task={task} /> : null}
        </div>
      </TabPanel>
    </section>
  );
}

function Input({ input }: Pick<TaskDetail, 'input'>) {
  return Object.keys(input).length === 0 ? (
    <EmptyState icon={<FileInput size={24} />} title="This task has no input" help="commands#input-schema" />
  ) : (
    <JsonView value={input} label="input" />
  );
}

function Output({ output, of }: Pick<TaskDetail, 'output'> & { of: string }) {
  return output === null ? (
    <EmptyState icon={<FileOutput size={24} />} title={`No output from ${of}`} help="commands#kinds-of-commands" />
  ) : (
    <JsonView value={output} label="output" />
  );
}

function Failure({ error, of }: Pick<TaskDetail, 'error'> & { of: string }) {
  return error === null ? (
    <EmptyState icon={<ShieldCheck size={24} />} title={`No error in ${of}`} help={null} />
  ) : (
    <div className={css.error}>
      <Problem problem={error} />
    </div>
  );
}

/** The attempts so far, and the spec that they all run. */
function Attempts({ task }: { task: TaskDetail }) {
  const traffic = useOperationQuery('tasks_traffic', { id: task.id }).data?.items ?? [];
  return (
    <div className={layout.peek}>
      {task.attempts.map((attempt) => (
        <AttemptFacts
          key={attempt.number}
          attempt={attempt}
          run={traffic.find((run) => run.attempt === attempt.number)}
        />
      ))}
      {task.attempts.length === 0 ? <p className={text.muted}>No attempts yet.</p> : null}
      <Spec spec={task.spec} />
    </div>
  );
}

/** What runs; a script as a script, everything else as data. */
function Spec({ spec }: Pick<TaskDetail, 'spec'>) {
  const { script, ...rest } = spec;
  const isScript = typeof script === 'string';
  return (
    <>
      {isScript ? (
        <section>
          <h3>Script</h3>
          <CodeEditor
            readOnly
            boxed
            height="280px"
            language={spec.language === 'javascript' ? 'javascript' : 'typescript'}
            label="Script that ran"
            value={script}
          />
        </section>
      ) : null}
      <section>
        <h3>Spec</h3>
        <JsonView value={isScript ? rest : spec} label="spec" />
      </section>
    </>
  );
}

function AttemptFacts({ attempt, run }: { attempt: Attempt; run: TrafficRun | undefined }) {
  return (
    <section aria-label={`Attempt ${attempt.number}`}>
      <div className={css.attempt}>
        <strong>Attempt {attempt.number}</strong>
        <Status state={attempt.status} />
      </div>
      <Facts>
        <dt>Started</dt>
        <dd>{dateTime(attempt.started_at)}</dd>
        <dt>Duration</dt>
        <dd>{duration(attempt.duration_ms)}</dd>
        <dt>Exit code</dt>
        <dd>{attempt.exit_code ?? '–'}</dd>
        <dt>Log</dt>
        <dd>
          {count(attempt.log_lines)} lines, {bytes(attempt.log_bytes)}
          {attempt.log_dropped > 0 ? (
            <span className={text.warn}>, {count(attempt.log_dropped)} dropped over the limit</span>
          ) : null}
        </dd>
        {run === undefined ? null : <Route run={run} />}
        {attempt.error === null ? null : (
          <>
            <dt>Error</dt>
            <dd>{passageOf(attempt.error.detail)}</dd>
          </>
        )}
      </Facts>
    </section>
  );
}

/** The way that the browser of an attempt went, and how much. */
function Route({ run }: { run: TrafficRun }) {
  const hosts = run.hosts.slice(0, 5).map((one) => `${one.host} ${bytes(one.up_bytes + one.down_bytes)}`);
  return (
    <>
      <dt>Proxy</dt>
      <dd>
        <Link to="/proxies" search={{ peek: run.proxy_id }}>
          {run.proxy_name}
        </Link>
        {run.exit_ip === null ? '' : ` (${run.exit_ip})`}
      </dd>
      <dt>Traffic</dt>
      <dd>
        {bytes(run.up_bytes)} sent, {bytes(run.down_bytes)} received
        {hosts.length === 0 ? null : <div className={text.muted}>{hosts.join(', ')}</div>}
      </dd>
    </>
  );
}
