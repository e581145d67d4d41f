import { Link } from '@tanstack/react-router';
import { FileCode2 } from 'lucide-react';
import type { TaskDetail } from '../../../../contract/automation/tasks.ts';
import type { CommandId } from '../../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { buttonClass } from '../../../ui/buttons.tsx';

/** Where the script of a task is now: in the editor when the command still has it, else among its versions. */
export function OpenScript({ task, line }: { task: TaskDetail; line: number }) {
  return task.command_id === null ? null : <OpenCommand task={task} id={task.command_id} line={line} />;
}

function OpenCommand({ task, id, line }: { task: TaskDetail; id: CommandId; line: number }) {
  const { data: command } = useOperationQuery('commands_get', { id });
  if (command === undefined) return null;
  const isCurrent = command.version === task.command_version || sameScript(command.spec, task.spec);
  const version = String(task.command_version);
  return (
    <Link
      to="/commands/$id"
      params={{ id }}
      search={(isCurrent ? { line: String(line) } : { version }) as never}
      className={buttonClass({ kind: undefined, small: true })}
      title={isCurrent ? undefined : 'The command has changed since this task was created'}
    >
      <FileCode2 size={13} />
      {isCurrent ? `Open script at line ${line}` : `Open version ${version} of the command`}
    </Link>
  );
}

function sameScript(now: object, then: object): boolean {
  const script = Reflect.get(then, 'script');
  return typeof script === 'string' && Reflect.get(now, 'script') === script;
}
