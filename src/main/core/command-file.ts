/** What `tabagent run` accepts: a command as JSON, or a bare Playwright script. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CommandCreate } from '../../contract/automation/commands.ts';
import { COMMAND_KINDS, type CommandKind, commandKinds } from '../../contract/automation/kinds/index.ts';
import { AppError } from '../../contract/kernel/errors.ts';
import { JsonObject } from '../../contract/kernel/scalars.ts';

/** A command with what to run it with. */
export interface CommandFile {
  command: CommandCreate;
  input: JsonObject;
  /** Name or id of a profile. */
  profile: string | null;
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

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('bad-request', `${file} cannot be read; check the path.`, { cause });
  }
}

function readSource(file: string): { kind: CommandKind; spec: JsonObject } {
  const source = SOURCES.get(path.extname(file));
  if (source === undefined) {
    throw new AppError(
      'bad-request',
      `${file} is neither a .json command nor a script (${[...SOURCES.keys()].join(', ')}).`,
    );
  }
  const { kind } = source;
  return { kind, spec: { kind, ...source.spec(read(file)) } };
}

/**
 * Reads a file for `tabagent run`.
 * @throws AppError `bad-request` when it cannot be read, `validation-error` naming each wrong member
 */
export function readCommandFile(file: string): CommandFile {
  const name = path.basename(file).replace(/(\.command)?\.[a-z]+$/, '');
  if (path.extname(file) !== '.json') {
    return {
      command: CommandCreate.parse({ name, ...readSource(file) }),
      input: {},
      profile: null,
    };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(read(file));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid-json', `${file}: ${cause instanceof Error ? cause.message : 'is not JSON'}`, { cause });
  }
  const form = JsonForm.safeParse(parsed);
  if (!form.success) {
    const errors = Object.fromEntries(
      form.error.issues.map((issue) => [issue.path.join('.') || '(file)', issue.message]),
    );
    throw new AppError('validation-error', `${file} is not a command:`, { errors });
  }
  const { $schema: _schema, input, profile, script_file, ...command } = form.data;
  const spec =
    script_file === undefined
      ? command.spec
      : { ...readSource(path.resolve(path.dirname(file), script_file)).spec, ...command.spec };
  return { command: { ...command, name: command.name ?? name, spec }, input, profile };
}

/** `--input key=value` pairs: values that are JSON are taken as such, others as text. */
export function parsePairs(pairs: readonly string[]): JsonObject {
  const input: JsonObject = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new AppError('bad-request', `--input ${pair}: write key=value`);
    const text = pair.slice(equals + 1);
    let value: unknown = text;
    try {
      value = JSON.parse(text);
    } catch {
      // plain text
    }
    input[pair.slice(0, equals)] = value as JsonObject[string];
  }
  return input;
}

/** Stands for the address of the demo shop in the values of a command file. */
export const DEMO_URL = '{{demo.url}}';

/** A JSON value with the shop's address filled in, wherever an example names it. */
export function withDemoUrl<T>(value: T, url: string): T {
  // The shape stays the same: only strings change, and an address needs no escaping in JSON.
  return JSON.parse(JSON.stringify(value).replaceAll(DEMO_URL, url)) as T;
}
