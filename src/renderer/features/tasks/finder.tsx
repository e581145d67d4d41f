import { ListChecks } from 'lucide-react';
import { finderOf } from '../../lib/finder.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { Status } from '../../ui/display/status.tsx';
import text from '../../ui/styles/text.module.css';

export const finder = finderOf('tasks', 'tasks_list', ({ id, command_name, created_at, status }) => ({
  id,
  Icon: ListChecks,
  title: command_name,
  side: (
    <>
      <span className={text.faint}>
        <Ago at={created_at} />
      </span>
      <Status plain state={status} />
    </>
  ),
  to: { to: '/tasks/$id', params: { id } },
}));
