/** Commands as files: JSON, or a source file of one of the kinds. Where the bytes come from is the caller's business. */

import { z } from 'zod';
import { parseBounded } from '../kernel/bounds.ts';
import { AppError } from '../kernel/errors.ts';
import { JsonObject } from '../kernel/scalars.ts';
import { issueText } from '../kernel/text/issue-text.ts';
import { CommandCreate } from './commands.ts';
import { COMMAND_KINDS, type CommandKind, commandKinds } from './kinds/index.ts';

/** A command with what to run it with. */
export interface CommandFile {
  command: CommandCreate;
  input: JsonObject;
  /** Name or id of a profile. */
  profile: string | null;
}

/** A file to parse. */
export interface CommandText {
  /** Path of the file; its base name names a command that has no name of its own. */
  file: string;
  text: string;
  /** Text of a file that is named relative to this one. */
  readBeside(name: string): string;
}

/** The JSON form: a command, plus `input` and `profile`; `script_file` names a script beside it. */
const JsonForm = CommandCreate.partial({ name: true }).extend({
  $schema: z.string().optional(),
  input: JsonObject.default({}),
  profile: z.string().nullable().default(null),
  script_file: z.string().optional(),
});

/** Kind and spec of a source file, by the extension of its name. */
const SOURCES = new Map(
  COMMAND_KINDS.flatMap((kind) =>
    Object.entries<(text: string) => JsonObject>(commandKinds[kind].sources).map(
      ([extension, spec]) => [extension, { kind, spec }] as const,
    ),
  ),
);

const extensionOf = (file: string) => /\.[^./\\]+$/.exec(file)?.[0] ?? '';
const baseNameOf = (file: string) => file.replace(/^.*[/\\]/s, '').replace(/(\.command)?\.[^.]+$/, '');

function parseSource(file: string, read: () => string): { kind: CommandKind; spec: JsonObject } {
  const source = SOURCES.get(extensionOf(file));
  if (source === undefined) {
    const known = [...SOURCES.keys()].join(', ');
    throw new AppError('bad-request', `${file} is neither a .json command nor a script (${known}).`);
  }
  const { kind } = source;
  return { kind, spec: { kind, ...source.spec(read()) } };
}

function parseJson(file: string, text: string): unknown {
  try {
    // Some editors begin a file with a byte order mark, which JSON does not allow.
    return parseBounded(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid-json', `${file}: ${cause instanceof Error ? cause.message : 'is not JSON'}`, { cause });
  }
}

/**
 * Parses a file.
 * @throws AppError `bad-request` for an unknown extension, `invalid-json`, `validation-error` naming each wrong member
 */
export function parseCommandFile({ file, text, readBeside }: CommandText): CommandFile {
  const isJson = extensionOf(file) === '.json';
  const form = JsonForm.safeParse(isJson ? parseJson(file, text) : parseSource(file, () => text));
  if (!form.success) {
    const errors = Object.fromEntries(
      form.error.issues.map((issue) => [issue.path.join('.') || '(file)', issueText(issue)]),
    );
    throw new AppError('validation-error', `${file} is not a command:`, { errors });
  }
  const { $schema: _schema, input, profile, script_file, name = baseNameOf(file), ...command } = form.data;
  const spec =
    script_file === undefined
      ? command.spec
      : { ...parseSource(script_file, () => readBeside(script_file)).spec, ...command.spec };
  return { command: { ...command, name, spec }, input, profile };
}
