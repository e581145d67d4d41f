/** Bulk operations: one verb on many rows, a result for each, partial success is a success. */

import type { z } from 'zod';
import type { BulkRow } from '../../../contract/kernel/bulk.ts';
import type { Scope } from '../../../contract/kernel/define.ts';
import { AppError, problemOf, toAppError } from '../../../contract/kernel/errors.ts';
import { parseSafely } from '../../../contract/kernel/parse.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';
import type { IdempotencyClaim } from './operation.ts';

/** What is done with each row, and for whom. It is stored with a job, in plain text. */
export interface BulkCall<Action extends string = string> {
  action: Action;
  input: JsonObject | null;
  by: { name: string; scope: Scope | null };
}

/** How a feature offers its verbs for many rows at once. */
export interface BulkResource<Filter = never, Action extends string = never> {
  /** Ids of every row that `filter` matches now; for `restore`, of the deleted ones. */
  matching(filter: Filter, action: Action): readonly string[] | Promise<readonly string[]>;
  /**
   * Does it to one row; `isOne` says that there are no others. A `claim` makes its effect happen once, even when the host ends on the way.
   * @throws AppError which becomes the row's result
   */
  act(id: string, call: BulkCall<Action> & { isOne: boolean }, claim?: IdempotencyClaim): unknown;
  /** Every row of a call on several of them has been worked on, `ok` of them well. */
  over?(action: Action, ok: number): void;
  /** Rows that are worked on at the same time, where a verb has to wait for others; one unless said. */
  together?(action: Action): number;
}

/** Runs `verb` on one row; an error is its result. */
export async function rowResult(id: string, verb: () => unknown): Promise<BulkRow> {
  try {
    await verb();
    return { id, ok: true };
  } catch (error) {
    return { id, ok: false, error: problemOf(toAppError(error)) };
  }
}

/** Answers `results` in the order of `ids`; a row that is named twice is acted on once. Nothing is thrown. */
export async function runBulk<Action extends string>(
  resource: BulkResource<never, Action>,
  ids: readonly string[],
  call: BulkCall<Action>,
): Promise<{ results: BulkRow[] }> {
  const rows = new Map<string, BulkRow>();
  const different = [...new Set(ids)];
  const isOne = different.length === 1;
  await eachOf(different, resource.together?.(call.action) ?? 1, async (id) => {
    rows.set(id, await rowResult(id, () => resource.act(id, { ...call, isOne })));
  });
  if (!isOne) resource.over?.(call.action, [...rows.values()].filter(({ ok }) => ok).length);
  return { results: ids.flatMap((id) => rows.get(id) ?? []) };
}

/** Does `work` for each item, at most `together` at a time. @throws what `work` throws, when what has begun is over */
export async function eachOf<T>(
  items: readonly T[],
  together: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(together, items.length) }, lane));
  for (const { reason } of lanes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]) throw reason;
}

/** Parses a member whose shape depends on another one. @throws AppError `validation-error` at `<member>.<path>` */
export function parseMember<S extends z.ZodType>(member: string, schema: S, value: unknown): z.output<S> {
  const parsed = parseSafely(schema, value);
  if (parsed.success) return parsed.data;
  const errors = Object.fromEntries(
    parsed.error.issues.map((issue) => [[member, ...issue.path].join('.'), issueText(issue)]),
  );
  const [field, reason] = Object.entries(errors)[0] ?? [member, 'has a wrong value'];
  throw new AppError('validation-error', `Field '${field}': ${reason}`, { errors, extra: { field, reason } });
}
