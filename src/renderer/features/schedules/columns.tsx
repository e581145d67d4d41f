import type { Schedule, scheduleRecord } from '../../../contract/automation/schedule/schedules.ts';
import { isEventTrigger } from '../../../contract/automation/schedule/triggers.ts';
import type { SortOf } from '../../../contract/kernel/sorts.ts';
import { dateTime } from '../../lib/format.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { Badge } from '../../ui/display/badge.tsx';
import text from '../../ui/styles/text.module.css';
import type { Column } from '../../ui/table/columns/columns.ts';
import { OutcomeDots } from './outcomes.tsx';
import css from './schedules.module.css';

/** When it runs next, or why it does not. */
export function NextRun({ schedule }: { schedule: Schedule }) {
  if (!schedule.enabled) return <Badge tone="idle">Off</Badge>;
  if (schedule.next_run_at === null && isEventTrigger(schedule.trigger))
    return <Badge tone="idle">{schedule.trigger.kind === 'webhook' ? 'On webhook' : 'On event'}</Badge>;
  if (schedule.next_run_at === null) return <Badge tone="idle">Over</Badge>;
  return (
    <span title={dateTime(schedule.next_run_at)}>
      <Ago at={schedule.next_run_at} />
    </span>
  );
}

export const SCHEDULE_COLUMNS: readonly Column<Schedule, SortOf<typeof scheduleRecord>>[] = [
  {
    id: 'next',
    title: 'Next run',
    width: 112,
    sort: 'next_run_at',
    fixed: true,
    cell: (schedule) => <NextRun schedule={schedule} />,
  },
  {
    id: 'name',
    title: 'Name',
    sort: 'name',
    fixed: true,
    cell: (schedule) => <span className={`${text.clip} ${css.name}`}>{schedule.name}</span>,
  },
  {
    id: 'words',
    drop: 2,
    title: 'When',
    width: 260,
    grow: 360,
    unsorted: 'Sort by the next run instead',
    cell: (schedule) => <span className={`${text.clip} ${text.muted}`}>{schedule.words}</span>,
  },
  {
    id: 'command',
    drop: 3,
    title: 'Command',
    width: 170,
    unsorted: 'Commands have a list of their own',
    cell: (schedule) =>
      schedule.command_name === null ? (
        <Badge tone="bad">Deleted</Badge>
      ) : (
        <span className={text.clip}>{schedule.command_name}</span>
      ),
  },
  {
    id: 'profiles',
    drop: 4,
    title: 'Profiles',
    width: 76,
    num: true,
    unsorted: 'Counted in each schedule',
    cell: ({ profile_ids }) => (profile_ids.length === 0 ? <span className={text.faint}>–</span> : profile_ids.length),
  },
  {
    id: 'outcomes',
    drop: 1,
    title: 'Recent runs',
    width: 296,
    unsorted: 'Read from the ledger',
    cell: (schedule) => <OutcomeDots schedule={schedule} />,
  },
];
