import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASK_STATUSES } from '../../../../contract/automation/tasks.ts';
import { contract } from '../../../../contract/index.ts';
import { parseSearch, stringifySearch } from '../../../lib/search-params.ts';
import { filterOf, isFiltered, LINKED, NO_FILTER } from './task-filter.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const FULL = {
  q: 'login',
  status: 'failed,dead',
  kind: 'http',
  command: `cmd_${ID}`,
  profile: `prf_${ID}`,
  batch: `bat_${ID}`,
  error: 'script_error',
  label: 'november',
  sort: '-created_at',
};

describe('the filter in the address', () => {
  // Catches a chip or a link that the list ignores: strict inputs refuse what they do not know.
  test('names only members that the list of the contract takes', () => {
    const members = Object.keys(contract.tasks_list.input.shape);
    expect(members).toEqual(expect.arrayContaining(Object.keys(filterOf(FULL))));
    expect(Object.keys(filterOf(FULL))).toHaveLength(Object.keys(FULL).length);
  });

  // Catches “Clear filters” that leaves one behind, so that the list stays empty.
  test('clearing takes every filter away and keeps the order', () => {
    const cleared = parseSearch(stringifySearch({ ...FULL, ...NO_FILTER }));
    expect(filterOf(cleared)).toEqual({ sort: FULL.sort });
    expect(isFiltered(filterOf(cleared))).toBe(false);
    for (const name of Object.keys(LINKED)) expect(name in NO_FILTER, name).toBe(true);
  });

  // Catches a list that fails because somebody changed the address by hand.
  test('values that are unknown are left out', () => {
    expect(filterOf({ status: 'nonsense', kind: 'fax', colour: 'red' })).toEqual({});
    expect(filterOf({ status: 'nonsense,dead', peek: 'tsk_1' })).toEqual({ status: ['dead'] });
  });

  test('survives the way through the address', () => {
    fc.assert(
      fc.property(
        fc.record({
          q: fc.string(),
          label: fc.string(),
          status: fc.subarray([...TASK_STATUSES]).map((all) => all.join()),
        }),
        (search) => {
          const filter = filterOf(parseSearch(stringifySearch(search)));
          expect(filter.q ?? '').toBe(search.q);
          expect(filter.label ?? '').toBe(search.label);
          expect(filter.status ?? []).toEqual(search.status === '' ? [] : search.status.split(','));
        },
      ),
    );
  });
});
