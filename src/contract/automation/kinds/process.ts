/** Kind `process`: a program. */
import { z } from 'zod';
import { type CommandKindRecord, Template } from './kind.ts';

/** Program started directly, without a shell. */
export const ProcessSpec = z.strictObject({
  kind: z.literal('process').default('process'),
  /** Program and arguments; no shell interprets them. */
  argv: z.array(Template).min(1).max(1000),
  cwd: Template.nullable().default(null),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a variable name'), Template).default({}),
  stdin: Template.nullable().default(null),
  /** Private files of the attempt by name: their contents. `{{files.name}}` is the path; they are removed with the attempt. */
  files: z
    .record(z.string().regex(/^[A-Za-z_][\w-]{0,63}$/, 'must be a name of letters, digits, _ and -'), Template)
    .default({}),
  /**
   * Whether `argv` and `env` may hold secrets of the input. Other programs, and with `argv` other users of the machine, can read both while the
   * program runs; `stdin` and `files` they cannot.
   */
  allow_secret_in_argv: z.boolean().default(false),
  /** Exit codes that count as success. */
  success_codes: z.array(z.int().min(0).max(255)).min(1).max(256).default([0]),
  /** How stdout becomes the output: nothing, text, or parsed JSON. */
  output: z.enum(['none', 'text', 'json']).default('text'),
});
export type ProcessSpec = z.infer<typeof ProcessSpec>;

/** Contract record of the kind. */
export const process = {
  title: 'Program',
  description: 'Starts a program without a shell.',
  needsBrowser: false,
  runsIn: 'executor',
  spec: ProcessSpec,
  sources: {},
} as const satisfies CommandKindRecord;
