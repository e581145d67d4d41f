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
import { EmptyState, NoMatch, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { MenuAction } from '../../../ui/menu-action.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import { Split } from '../../../ui/split.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { ColumnsMenu } from '../../../ui/table/columns/columns-menu.tsx';
import { DataTable } from '../../../ui/table/data-table.tsx';
import { JOB_COLUMNS } from './columns.tsx';
import { JobInspector } from './job-inspector.tsx';
import { useStopJob } from './use-stop-job.ts';
import { JOB_STATES, jobTitle } from './words.ts';

const idOf = (job: Job) => job.id;
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
  const table =
    list.rows.length > 0 ? (
      <DataTable
        name="jobs"
        label="Jobs"
        rows={list.rows}
        idOf={idOf}
        titleOf={titleOf}
        columns={JOB_COLUMNS}
        sort={search.sort}
        onSort={(sort) => set({ sort })}
        resetKey={JSON.stringify(filter)}
        loadMore={list.loadMore}
        onOpen={(job) => set({ peek: job.id })}
        peek={search.peek ?? null}
        onPeek={(id) => set({ peek: id ?? undefined })}
        total={list.total}
        menu={(job) => <JobMenu job={job} />}
      />
    ) : states === undefined ? (
      <EmptyState icon={<Cog size={24} />} title="No jobs yet" help="logs-and-metrics#jobs">
        Downloads, backups and work on many rows at once run in the background and are listed here.
      </EmptyState>
    ) : (
      <NoMatch what="jobs" clear={() => set({ status: undefined })} />
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
      <Split
        name="job-inspector"
        fixed="second"
        size={420}
        min={320}
        max={680}
        label="Width of the inspector"
        first={
          <StateFrame of={list} skeleton={8}>
            {table}
          </StateFrame>
        }
        second={
          search.peek === undefined ? null : <JobInspector key={search.peek} id={search.peek as JobId} close={close} />
        }
      />
    </>
  );
}
