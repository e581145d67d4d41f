/** What the host does in the background, and has done: downloads, imports, backups, work on many rows. */
import { Menu } from '@mantine/core';
import { CircleStop, Cog, Copy } from 'lucide-react';
import type { Job } from '../../../../contract/host/jobs.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import { useActions } from '../../../lib/keys/use-actions.ts';
import { usePages } from '../../../lib/live/query.ts';
import { listOf, toggled } from '../../../lib/search-params.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Chip } from '../../../ui/buttons.tsx';
import { lookOf } from '../../../ui/display/status.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { Inspected } from '../../../ui/list/inspected.tsx';
import { ListTable } from '../../../ui/list/list-table.tsx';
import { MenuAction } from '../../../ui/menu-action.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { ColumnsMenu } from '../../../ui/table/columns/columns-menu.tsx';
import { JOB_COLUMNS } from './columns.tsx';
import { JobInspector } from './job-inspector.tsx';
import { useStopJob } from './use-stop-job.ts';
import { JOB_STATES, jobTitle } from './words.ts';

const titleOf = (job: Job) => jobTitle(job.kind);

function JobMenu({ job }: { job: Job }) {
  const { blocked, word, stop } = useStopJob();
  return (
    <>
      <MenuAction title={word(job)} Icon={CircleStop} blocked={blocked(job)} run={() => stop(job)} />
      <Menu.Divider />
      <MenuAction title="Copy id" Icon={Copy} run={() => void navigator.clipboard.writeText(job.id)} />
    </>
  );
}

export function JobsTab() {
  const [search, set] = useFilters();
  const states = listOf(search.status, JOB_STATES);
  const filter = {
    ...(states === undefined ? {} : { status: states }),
    ...(search.sort === undefined ? {} : { sort: search.sort }),
  };
  const list = usePages('jobs_list', filter);
  const close = () => set({ peek: undefined });
  useActions([
    {
      ...{ id: 'jobs.close', title: 'Close the inspector', group: 'Logs & metrics', layer: 'view', hidden: true },
      keys: ['Escape'],
      run: close,
    },
  ]);
  const table = (
    <ListTable
      name="jobs"
      label="Jobs"
      titleOf={titleOf}
      columns={JOB_COLUMNS}
      sort={search.sort}
      {...{ list, filter, search, set }}
      filters={['status']}
      isFiltered={states !== undefined}
      menu={(job) => <JobMenu job={job} />}
      skeleton={8}
      empty={
        <EmptyState icon={<Cog size={24} />} title="No jobs yet" help="logs-and-metrics#jobs">
          Downloads, backups and work on many rows at once run in the background and are listed here.
        </EmptyState>
      }
    />
  );
  return (
    <>
      <ToolBar>
        {JOB_STATES.map((state) => (
          <Chip
            key={state}
            pressed={states?.includes(state) ?? false}
            onClick={() => set({ status: toggled(search.status, state) })}
          >
            {lookOf(state).word}
          </Chip>
        ))}
        <span className={layout.grow} />
        <ColumnsMenu name="jobs" columns={JOB_COLUMNS} />
      </ToolBar>
      <Inspected
        name="job-inspector"
        wide
        list={table}
        inspector={
          search.peek === undefined ? null : <JobInspector key={search.peek} id={search.peek as JobId} close={close} />
        }
      />
    </>
  );
}
