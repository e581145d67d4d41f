/** Bulk operations: one verb on many ids, per-row result, partial success is a success. */
import type { z } from 'zod';
import { AppError, type Problem, problemOf, toAppError } from '../../../contract/kernel/errors.ts';

/** Result of one row. */
export interface BulkRow {
  id: string;
  ok: boolean;
  error?: Problem;
}

/** Runs `verb` on each id, one after the other, and reports each; nothing is thrown. */
export async function runBulk<Id extends string>(
  ids: readonly Id[],
  verb: (id: Id) => unknown,
): Promise<{ results: BulkRow[] }> {
  const results: BulkRow[] = [];
  for (const id of ids) {
    try {
      await verb(id);
      results.push({ id, ok: true });
    } catch (error) {
      results.push({ id, ok: false, error: problemOf(toAppError(error)) });
    }
  }
  return { results };
}

/** Parses a member whose shape depends on another one. @throws AppError `validation-error` at `<member>.<path>` */
export function parseMember<S extends z.ZodType>(member: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = Object.fromEntries(
    parsed.error.issues.map((issue) => [[member, ...issue.path].join('.'), issue.message]),
  );
  const [field, reason] = Object.entries(errors)[0] ?? [member, 'has a wrong value'];
  throw new AppError('validation-error', `Field '${field}': ${reason}`, { errors, extra: { field, reason } });
}
