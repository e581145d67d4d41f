import { Link, useParams } from '@tanstack/react-router';
import { ListTodo } from 'lucide-react';
import { useState } from 'react';
import { isTerminal, type TaskDetail } from '../../../../contract/automation/tasks.ts';
import type { TaskId } from '../../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../../lib/live/query.ts';
import { buttonClass } from '../../../ui/buttons.tsx';
import { EmptyState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { Screen } from '../../../ui/screen.tsx';
import { Split } from '../../../ui/split.tsx';
import { hasFailed, waitSentence } from '../task-facts.ts';
import { StepTimeline } from '../timeline/step-timeline.tsx';
import { findRow } from '../timeline/step-tree.ts';
import { useSlots } from '../use-slots.ts';
import { Inspector } from './inspector.tsx';
import { TaskBottom } from './task-bottom.tsx';
import { TaskFacts, TaskHeader } from './task-header.tsx';

/** One task with everything that hangs off it. */
export function TaskScreen() {
  const { id } = useParams({ from: '/tasks/$id' });
  const query = useOperationQuery('tasks_get', { id: id as TaskId });
  const [chosen, setChosen] = useState<{ task: string; row: string } | null>(null);
  const task = query.data;
  const selected = chosen?.task === task?.id ? (chosen?.row ?? null) : null;
  return (
    <Screen>
      <StateFrame
        of={query}
        skeleton={12}
        back={
          <Link to="/tasks" className={buttonClass({})}>
            All tasks
          </Link>
        }
      >
        {task === undefined ? null : (
          <>
            <TaskHeader task={task} />
            <TaskFacts task={task} />
            <Split
              // A failure needs the room more than its steps do.
              key={hasFailed(task) ? 'failed' : 'task'}
              name={hasFailed(task) ? 'task-rows-failed' : 'task-rows'}
              fixed="second"
              vertical
              size={hasFailed(task) ? Math.max(330, Math.round(window.innerHeight * 0.58)) : 330}
              min={140}
              max={1200}
              label="Height of the details"
              first={
                <Split
                  name="task-inspector"
                  fixed="second"
                  size={420}
                  min={260}
                  max={800}
                  label="Width of the inspector"
                  first={
                    task.attempts.length === 0 ? (
                      <NotStarted task={task} />
                    ) : (
                      <StepTimeline
                        key={task.id}
                        task={task}
                        selected={selected}
                        onSelect={(row) => setChosen({ task: task.id, row })}
                      />
                    )
                  }
                  second={<Inspector key={task.id} task={task} row={findRow(task, selected)} />}
                />
              }
              second={<TaskBottom key={task.id} task={task} row={findRow(task, selected)} />}
            />
          </>
        )}
      </StateFrame>
    </Screen>
  );
}

/** Why nothing has happened yet. Only here is the queue looked at: each change of it would render the timeline again. */
function NotStarted({ task }: { task: TaskDetail }) {
  const slots = useSlots();
  return (
    <EmptyState
      icon={<ListTodo size={24} />}
      title={
        waitSentence(task, slots) ?? (isTerminal(task.status) ? 'It ended before its first attempt' : 'Not started')
      }
      help="tasks#why-a-task-waits"
    />
  );
}
