import type { Job, jobRecord } from '../../../../contract/host/jobs.ts';
import type { SortOf } from '../../../../contract/kernel/sorts.ts';
import { bytes, duration, shortId } from '../../../lib/format.ts';
import { lineOf } from '../../../lib/text/tame.ts';
import { Ago } from '../../../ui/display/ago.tsx';
import { Status } from '../../../ui/display/status.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Column } from '../../../ui/table/columns/columns.ts';
import { isOpen, jobTitle } from './words.ts';

function Name({ job }: { job: Job }) {
  const said = job.error === null ? job.progress.message : job.error.detail;
  return (
    <span className={layout.row}>
      <span className={text.clip}>{jobTitle(job.kind)}</span>
      {said === null ? null : (
        <span className={`${job.error === null ? text.muted : text.bad} ${text.clip}`}>{lineOf(said)}</span>
      )}
    </span>
  );
}

/** How far a job is, with its speed and what is left. */
export function JobProgress({ job }: { job: Job }) {
  const { percent, done_bytes: done, total_bytes: total, bytes_per_second: rate, eta_seconds: left } = job.progress;
  if (!isOpen(job)) return <span className={text.faint}>–</span>;
  const said = [
    percent === null ? null : `${Math.round(percent)} %`,
    done === null ? null : `${bytes(done)}${total === null ? '' : ` of ${bytes(total)}`}`,
    rate === null ? null : `${bytes(rate)}/s`,
    left === null ? null : `${duration(left * 1000)} left`,
  ].filter((part) => part !== null);
  return (
    <span className={layout.row}>
      <progress max={100} {...(percent === null ? {} : { value: percent })} aria-label="Progress" />
      <span className={`${text.muted} ${text.clip}`}>{said.join(' · ')}</span>
    </span>
  );
}

/** Columns of the list of jobs. */
export const JOB_COLUMNS: readonly Column<Job, SortOf<typeof jobRecord>>[] = [
  {
    id: 'status',
    title: 'Status',
    width: 122,
    sort: 'status',
    fixed: true,
    cell: (job) => <Status state={job.status} />,
  },
  { id: 'kind', title: 'Job', sort: 'kind', fixed: true, cell: (job) => <Name job={job} /> },
  {
    id: 'progress',
    drop: 1,
    title: 'Progress',
    width: 300,
    unsorted: 'Not sortable: it changes while the job runs',
    cell: (job) => <JobProgress job={job} />,
  },
  {
    id: 'created',
    drop: 2,
    title: 'Created',
    width: 100,
    sort: 'created_at',
    cell: (job) => <Ago at={job.created_at} />,
  },
  {
    id: 'ended',
    drop: 3,
    title: 'Ended',
    width: 100,
    sort: 'finished_at',
    cell: (job) => <Ago at={job.finished_at} />,
  },
  {
    id: 'id',
    drop: 5,
    hidden: true,
    title: 'Id',
    width: 112,
    sort: 'id',
    cell: (job) => <code className={text.faint}>{shortId(job.id)}</code>,
  },
];
