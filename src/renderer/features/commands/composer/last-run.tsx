import { Link } from '@tanstack/react-router';
import type { CommandId } from '../../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { Ago } from '../../../ui/display/ago.tsx';
import { Status } from '../../../ui/display/status.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';

/** The newest task of a command, live while it runs; nothing before the first. */
export function LastRun({ id }: { id: CommandId }) {
  const [task] = useOperationQuery('tasks_list', { command_id: id, limit: 1 }, { keep: true }).data?.items ?? [];
  if (task === undefined) return null;
  return (
    <div className={layout.row}>
      <span className={text.muted}>Last run</span>
      <Link to="/tasks/$id" params={{ id: task.id }}>
        <Status plain state={task.status} />
      </Link>
      <span className={text.faint}>
        <Ago at={task.finished_at ?? task.started_at ?? task.created_at} />
      </span>
    </div>
  );
}
