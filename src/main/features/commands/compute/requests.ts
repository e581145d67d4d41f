/** What the host asks of the processes that compute over commands, and what they answer. */
import { z } from 'zod';
import { CommandKind, CommandSpec } from '../../../../contract/automation/kinds/index.ts';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';

/** One thing that is wrong, at a path like `user.name` (empty for the whole). */
export const Issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof Issue>;

/** Way to a value: names of members and indexes of items. */
const Place = z.array(z.union([z.string(), z.int()])).readonly();

/** Values that `{{…}}` can name. */
const Variables = z.object({
  input: JsonObject,
  /** Temporary folder of the attempt; `files` names the private files below it. */
  temp_dir: z.string(),
  profile: z.object({ id: z.string(), name: z.string() }).nullable(),
  task: z.object({ id: z.string(), attempt: z.int() }),
  /** `host.node`: path of the Node program that runs TabAgent. */
  host: z.object({ node: z.string().exactOptional(), platform: z.string() }),
});
export type Variables = z.infer<typeof Variables>;

/** What is asked about a schema: a JSON text, and the spec whose variables it describes unless that is of no interest. */
const about = { schema: z.string(), spec: CommandSpec.nullable() };

export const Request = z.discriminatedUnion('t', [
  /** Is the schema usable, and which values of `value` does it call secret? */
  z.object({ t: z.literal('schema'), ...about, value: JsonObject }),
  /**
   * Does `given` over `base` fit the schema? A mask in place of a secret keeps the value of `base`. With `is_new` a schema that would hide a
   * secret from sealing has a problem.
   */
  z.object({ t: z.literal('input'), ...about, is_new: z.boolean(), base: JsonObject, given: JsonObject }),
  /** What would the spec, as it was sent, do? */
  z.object({
    t: z.literal('preview'),
    schema: JsonObject,
    kind: CommandKind,
    spec: JsonObject,
    variables: Variables,
    has_profile: z.boolean(),
  }),
]);
export type Request = z.infer<typeof Request>;

/** `problem` says why a schema cannot be used; `exposed` are the parts of the spec that would show a secret to others. */
export const SchemaAnswer = z.object({
  problem: z.string().nullable(),
  secrets: z.array(Place),
  exposed: z.array(Issue),
});
export type SchemaAnswer = z.infer<typeof SchemaAnswer>;
export const InputAnswer = SchemaAnswer.extend({ issues: z.array(Issue), input: JsonObject });
export type InputAnswer = z.infer<typeof InputAnswer>;
/** `spec` is null when it could not be parsed. */
export const PreviewAnswer = z.object({
  spec: CommandSpec.nullable(),
  shown: JsonObject,
  missing: z.array(z.string()),
  warnings: z.array(z.string()),
  errors: z.array(Issue),
});
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;
