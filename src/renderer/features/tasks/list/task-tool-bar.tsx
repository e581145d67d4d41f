import { X } from 'lucide-react';
import { COMMAND_KINDS } from '../../../../contract/automation/commands.ts';
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import type { Task } from '../../../../contract/automation/tasks.ts';
import { words } from '../../../lib/format.ts';
import { listOf, type Search, toggled } from '../../../lib/search-params.ts';
import { Chip } from '../../../ui/buttons.tsx';
import { FacetMenu } from '../../../ui/facet-menu.tsx';
import { FilterField } from '../../../ui/form/filter-field.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { ColumnsMenu } from '../../../ui/table/columns/columns-menu.tsx';
import { TASK_COLUMNS } from './columns.tsx';
import { QueueSwitch } from './queue-switch.tsx';
import { LINKED } from './task-filter.ts';

/** Filters of the list as chips, and the queue's switch. `first` is the first row: it names what a filter gives only an id of. */
export function TaskToolBar({
  search,
  set,
  first,
  labels,
}: {
  search: Search;
  set(patch: Record<string, string | undefined>): void;
  first: Task | undefined;
  /** Labels of the loaded rows. */
  labels: readonly string[];
}) {
  const kinds = listOf(search.kind, COMMAND_KINDS);
  return (
    <ToolBar>
      <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter tasks" />
      {COMMAND_KINDS.map((kind) => (
        <Chip
          key={kind}
          pressed={kinds?.includes(kind) ?? false}
          onClick={() => set({ kind: toggled(search.kind, kind) })}
        >
          {commandKinds[kind].title}
        </Chip>
      ))}
      {Object.entries(LINKED).map(([name, title]) =>
        search[name] === undefined ? null : (
          <Chip key={name} pressed label={`Remove filter ${title}`} onClick={() => set({ [name]: undefined })}>
            {title}:{' '}
            {first !== undefined && name === 'command'
              ? first.command_name
              : first !== undefined && name === 'profile'
                ? first.profile_name
                : name === 'error'
                  ? words(search[name])
                  : search[name]}
            <X size={12} />
          </Chip>
        ),
      )}
      {search.label === undefined ? (
        <FacetMenu title="Label" values={labels} isEmpty={first === undefined} toggle={(label) => set({ label })} />
      ) : null}
      <span className={layout.grow} />
      <QueueSwitch />
      <ColumnsMenu name="tasks" columns={TASK_COLUMNS} />
    </ToolBar>
  );
}
