/** One job, in a pane beside the list. */
import { CircleX, X } from 'lucide-react';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import { dateTime } from '../../../lib/format.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { passageOf } from '../../../lib/text/tame.ts';
import { Button, CopyButton, IconButton } from '../../../ui/buttons.tsx';
import { FactList } from '../../../ui/display/facts.tsx';
import { Status } from '../../../ui/display/status.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { JobProgress } from './columns.tsx';
import { useStopJob } from './use-stop-job.ts';
import { isOpen, jobTitle, ranFor } from './words.ts';

export function JobInspector({ id, close }: { id: JobId; close(): void }) {
  const query = useOperationQuery('jobs_get', { id }, { keep: true });
  const { blocked, word, stop } = useStopJob();
  const job = query.data;
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Job">
      <ToolBar>
        <h2 className={`${layout.grow} ${text.clip}`}>{job === undefined ? '' : jobTitle(job.kind)}</h2>
        {job === undefined || !isOpen(job) ? null : (
          <Button small blocked={blocked(job)} onClick={() => stop(job)}>
            {word(job)}
          </Button>
        )}
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <StateFrame of={query} skeleton={6}>
        {job === undefined ? null : (
          <div className={`${layout.scroll} ${layout.peek}`}>
            <div className={layout.row}>
              <Status state={job.status} />
              {isOpen(job) ? <JobProgress job={job} /> : null}
            </div>
            {job.error === null ? null : (
              <Notice tone="bad">
                <CircleX size={14} />
                <span className={layout.grow}>{passageOf(job.error.detail)}</span>
                <CopyButton label="Copy error" text={() => JSON.stringify(job.error, null, 2)} />
              </Notice>
            )}
            <FactList
              facts={[
                ['Step', job.progress.step ?? '–'],
                ['Message', job.progress.message ?? '–'],
                ['Created', dateTime(job.created_at)],
                ['Started', dateTime(job.started_at)],
                ['Ended', dateTime(job.finished_at)],
                ['Duration', ranFor(job)],
                ['Id', <code key="id">{job.id}</code>],
                ['Request', <code key="request">{job.request_id}</code>],
              ]}
            />
            {job.result === null ? null : (
              <section aria-label="Result">
                <h3>Result</h3>
                <pre className={text.pre}>{passageOf(JSON.stringify(job.result, null, 2))}</pre>
              </section>
            )}
          </div>
        )}
      </StateFrame>
    </aside>
  );
}
