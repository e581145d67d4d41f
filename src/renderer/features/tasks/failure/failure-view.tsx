/** A failure in one place: words, picture, source, call log, console, failed requests, response or standard error. */
import { CircleX, FileArchive } from 'lucide-react';
import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import { framesOf } from '../../../../contract/kernel/errors.ts';
import { words } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { lineOf, passageOf } from '../../../lib/text/tame.ts';
import { Button, CopyButton } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { Screens } from '../detail/artifacts.tsx';
import { ConsoleLines, FailedRequests, Lines } from './evidence-lists.tsx';
import { ResponseView } from './failed-response.tsx';
import css from './failure.module.css';
import type { FailureSubject } from './failure-subject.ts';
import { OpenScript } from './open-script.tsx';
import { Source } from './source-excerpt.tsx';

export function FailureView({
  task,
  failure,
  onTrace,
}: {
  task: TaskDetail;
  failure: FailureSubject;
  onTrace(artifact: Artifact): void;
}) {
  const { evidence } = failure;
  const artifacts = useOperationQuery('artifacts_list', { id: task.id });
  const own = artifacts.data?.items.filter(({ attempt }) => attempt === failure.attempt) ?? [];
  const picture = own.find(({ kind, name }) => kind === 'screenshot' && name === evidence.screenshot);
  const trace = own.find(({ kind }) => kind === 'trace');
  return (
    <section className={`${layout.scroll} ${css.failure}`} aria-label="Failure">
      <Words task={task} failure={failure} trace={trace} onTrace={onTrace} />
      <div className={picture === undefined ? undefined : css.columns}>
        {picture === undefined ? null : (
          <section aria-label="Page" className={css.picture}>
            <Screens shots={[picture]} />
            {evidence.page_url === undefined ? null : (
              <p className={`${text.mono} ${text.muted} ${css.wrap}`}>{evidence.page_url}</p>
            )}
          </section>
        )}
        <Where failure={failure} />
      </div>
      {evidence.console === undefined ? null : <ConsoleLines messages={evidence.console} />}
      {evidence.requests === undefined ? null : <FailedRequests requests={evidence.requests} />}
    </section>
  );
}

/** The error in words, where it happened, and what can be opened from here. */
function Words({
  task,
  failure: { error, attempt, step, exitCode },
  trace,
  onTrace,
}: {
  task: TaskDetail;
  failure: FailureSubject;
  trace: Artifact | undefined;
  onTrace(artifact: Artifact): void;
}) {
  const line = typeof error.line === 'number' ? error.line : null;
  const place = [
    task.attempts.length > 1 ? `Attempt ${attempt}` : null,
    step === null ? null : `Step “${lineOf(step)}”`,
    exitCode === null ? null : `Exit code ${exitCode}`,
  ].filter((part) => part !== null);
  return (
    <Notice tone="bad">
      <CircleX size={14} />
      <div className={layout.grow}>
        <h2>{words(error.code)}</h2>
        <p className={css.wrap}>{passageOf(error.detail)}</p>
        {place.length === 0 ? null : <p className={text.muted}>{place.join(' · ')}</p>}
      </div>
      <div className={css.verbs}>
        {line === null ? null : <OpenScript task={task} line={line} />}
        {trace === undefined ? null : (
          // The viewer selects the action that failed by itself.
          <Button small icon={<FileArchive size={13} />} onClick={() => onTrace(trace)}>
            Open trace
          </Button>
        )}
      </div>
      <CopyButton label="Copy error" text={() => JSON.stringify(error, null, 2)} />
    </Notice>
  );
}

/** Source, call log, stack; of other kinds the response or the standard error. */
function Where({ failure: { error, evidence } }: { failure: FailureSubject }) {
  const frames = framesOf(error);
  return (
    <div className={css.where}>
      {evidence.source === undefined ? null : <Source source={evidence.source} />}
      {evidence.call_log === undefined ? null : <Lines title="Call log" lines={evidence.call_log.join('\n')} />}
      {evidence.response === undefined ? null : <ResponseView response={evidence.response} />}
      {evidence.stderr === undefined ? null : <Lines title="Standard error" lines={evidence.stderr} />}
      {frames === null || evidence.source !== undefined ? null : <Lines title="Stack" lines={frames} />}
    </div>
  );
}
