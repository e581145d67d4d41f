/** Many profiles at once, from a table. */
import { z } from 'zod';
import { call } from '../../kernel/define.ts';
import { JsonObject } from '../../kernel/json.ts';
import { ProfileId } from '../../kernel/scalars.ts';

/** Rows of one call. */
export const MAX_ROWS = 2_000;

/** What became of one row. */
export const RowVerdict = z.object({
  /** Line of a CSV text, where it begins; index from 1 otherwise. */
  row: z.int(),
  name: z.string().nullable(),
  ok: z.boolean(),
  /** The profile that was made; null in a dry run, or when none was. */
  id: ProfileId.nullable(),
  /** Why none was made, by field. */
  errors: z.record(z.string(), z.string()),
});
export type RowVerdict = z.infer<typeof RowVerdict>;

export const profileRowOperations = {
  profiles_create_rows: call(
    z.strictObject({
      /** Objects with members of a profile; left out: `text`. */
      rows: z.array(JsonObject).min(1).max(MAX_ROWS).optional(),
      /** CSV whose first line names members of a profile, or a JSON array. */
      text: z
        .string()
        .max(4 * 1024 * 1024)
        .optional(),
      /** A profile whose settings hold where a row says nothing. */
      template_id: ProfileId.optional(),
      dry_run: z.boolean().default(false),
    }),
    z.object({ created: z.int(), failed: z.int(), items: z.array(RowVerdict) }),
    {
      row: '-',
      summary: 'Create profiles from CSV or JSON rows, each with its verdict',
      tags: ['profiles'],
      scope: 'manage',
      area: 'automation',
      payload: 'documents',
      idempotencyKey: true,
      http: { method: 'POST', path: '/v1/profiles/rows' },
    },
  ),
};
