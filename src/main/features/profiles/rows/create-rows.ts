/** Creates profiles from rows: a bad row is told and costs no other. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import type { RowVerdict } from '../../../../contract/automation/profile/rows.ts';
import { type Profile, ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../../contract/kernel/json.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { wireMembers } from '../../../core/operation/values.ts';
import type { ProfileRow } from '../schema.ts';
import { type Row, readRows } from './read-rows.ts';

/** Rows in one turn of the event loop. */
const SLICE = 20;

interface RowsInput {
  rows?: readonly JsonObject[] | undefined;
  text?: string | undefined;
  template_id?: ProfileId | undefined;
  dry_run: boolean;
}

const refusals = ({ issues }: z.ZodError): RowVerdict['errors'] =>
  Object.fromEntries(issues.map(({ path, message }) => [path.join('.') || 'row', message]));

/** Creates the operation. */
export function createRows(deps: {
  /** @throws AppError `not-found` */
  require(id: ProfileId): ProfileRow;
  /** @throws AppError `validation-error` for what only the host can judge, with `errors` by field */
  check(input: ProfileCreate): void;
  create(input: ProfileCreate): Profile;
}) {
  function refusalOf(input: ProfileCreate): RowVerdict['errors'] | null {
    try {
      deps.check(input);
      return null;
    } catch (error) {
      if (error instanceof AppError && error.errors) return error.errors;
      throw error;
    }
  }

  /** @throws AppError `validation-error` when the rows as a whole cannot be read, `not-found` without the template; the reason of `signal` */
  return async ({ template_id, dry_run, ...input }: RowsInput, signal: AbortSignal) => {
    const template = template_id === undefined ? {} : wireMembers(ProfileCreate, deps.require(template_id));
    const items: RowVerdict[] = [];
    const one = ({ row, values }: Row): RowVerdict => {
      const name = typeof values.name === 'string' ? values.name.trim() : null;
      // The name of a template is the template's own.
      const read = ProfileCreate.safeParse({ ...template, name: '', ...values });
      const refused = read.success ? refusalOf(read.data) : refusals(read.error);
      if (!read.success || refused !== null) return { row, name, ok: false, id: null, errors: refused ?? {} };
      return { row, name, ok: true, id: dry_run ? null : deps.create(read.data).id, errors: {} };
    };
    const rows = await readRows(input);
    for (let at = 0; at < rows.length; at += SLICE) {
      signal.throwIfAborted();
      items.push(...rows.slice(at, at + SLICE).map(one));
      await nextTurn();
    }
    const failed = items.filter(({ ok }) => !ok).length;
    return { created: dry_run ? 0 : items.length - failed, failed, items };
  };
}
