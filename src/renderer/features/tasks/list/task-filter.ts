/** The filter of the task list, as it stands in the address. */
import { COMMAND_KINDS } from '../../../../contract/automation/commands.ts';
import { TASK_STATUSES } from '../../../../contract/automation/tasks.ts';
import type { Input } from '../../../lib/live/query.ts';
import { listOf, type Search } from '../../../lib/search-params.ts';

/** Filters that links from other screens set, by their name in the address, with their title. */
export const LINKED = {
  command: 'Command',
  profile: 'Profile',
  error: 'Error',
  label: 'Label',
  batch: 'Batch',
} as const;

/** How a name in the address is called in the list's input. */
const INPUT_NAME = {
  q: 'q',
  command: 'command_id',
  profile: 'profile_id',
  error: 'error_code',
  label: 'label',
  batch: 'batch_id',
  sort: 'sort',
} as const;

/** Input of `tasks_list`. */
export function filterOf(search: Search): Input<'tasks_list'> {
  const status = listOf(search.status, TASK_STATUSES);
  const kind = listOf(search.kind, COMMAND_KINDS);
  const plain = Object.entries(INPUT_NAME).flatMap(([name, input]) =>
    search[name] === undefined ? [] : [[input, search[name]]],
  );
  return {
    ...(status === undefined ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
    ...Object.fromEntries(plain),
  };
}

/** True when something but the order is chosen. */
export const isFiltered = (filter: Input<'tasks_list'>): boolean => Object.keys(filter).some((name) => name !== 'sort');

/** Takes every filter out of the address. */
export const NO_FILTER = {
  status: undefined,
  kind: undefined,
  q: undefined,
  command: undefined,
  profile: undefined,
  error: undefined,
  label: undefined,
  batch: undefined,
} as const;
