/** Specs: parsing with the kind's schema, and filling in variables. */
import path from 'node:path';
import { z } from 'zod';
import { FILES_FOLDER } from '../../../contract/automation/executor.ts';
import {
  COMMAND_KINDS,
  type CommandKind,
  CommandSpec,
  commandKinds,
} from '../../../contract/automation/kinds/index.ts';
import { resolveTemplates } from '../../../contract/automation/template.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { parseSafely } from '../../../contract/kernel/parse.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { issueText } from '../../../contract/kernel/text/issue-text.ts';
import type { Variables } from './compute/requests.ts';
import { filesIn, hostKinds, type SpecIssue } from './kinds/index.ts';

/** Kinds with the JSON Schema of their spec, for forms. */
export function kindSchemas(): { kind: CommandKind; title: string; spec_schema: JsonObject }[] {
  return COMMAND_KINDS.map((kind) => ({
    kind,
    title: commandKinds[kind].title,
    spec_schema: JSON.parse(JSON.stringify(z.toJSONSchema(commandKinds[kind].spec, { io: 'input' }))) as JsonObject,
  }));
}

/** Parses a spec as sent. @returns the spec with defaults filled, or what is wrong with it */
export function parseSpec(kind: CommandKind, raw: JsonObject): { spec: CommandSpec } | { issues: SpecIssue[] } {
  const parsed = parseSafely(CommandSpec, { ...raw, kind: raw.kind ?? kind });
  if (!parsed.success) {
    return {
      issues: parsed.error.issues.map((issue) => ({
        path: ['spec', ...issue.path].join('.'),
        message: issueText(issue),
      })),
    };
  }
  if (parsed.data.kind !== kind)
    return { issues: [{ path: 'spec.kind', message: `must be ${kind}, the kind of the command` }] };
  return { spec: parsed.data };
}

/** {@link parseSpec} that throws. @throws AppError `validation-error` naming each path */
export function requireSpec(kind: CommandKind, raw: JsonObject): CommandSpec {
  const result = parseSpec(kind, raw);
  if ('spec' in result) return result.spec;
  const first = result.issues[0];
  throw new AppError('validation-error', `Field '${first?.path}': ${first?.message}`, {
    errors: Object.fromEntries(result.issues.map(({ path: at, message }) => [at, message])),
    extra: { field: first?.path, reason: first?.message },
  });
}

/** A spec with its variables filled in; a kind without templates is left as it is. */
export function resolveSpec(
  spec: CommandSpec,
  { temp_dir, ...variables }: Variables,
): { spec: CommandSpec; missing: string[] } {
  const { templates } = hostKinds[spec.kind];
  if (templates === null) return { spec, missing: [] };
  const names = filesIn(spec.kind, spec);
  // Only a spec with files has this namespace: in others an input may have the name.
  const files = Object.fromEntries(names.map((name) => [name, path.join(temp_dir, FILES_FOLDER, name)]));
  const own = { ...variables, ...(names.length === 0 ? {} : { files }) };
  const scope = { ...variables.input, ...own } as unknown as Record<string, Json>;
  const { value, missing } = resolveTemplates(JSON.parse(JSON.stringify(spec)) as Json, scope, templates.isJson);
  const parsed = parseSafely(CommandSpec, value);
  if (parsed.success) return { spec: parsed.data, missing };
  const [issue] = parsed.error.issues;
  const at = ['spec', ...(issue?.path ?? [])].join('.');
  const reason = issue === undefined ? 'Has a wrong value' : issueText(issue);
  throw new AppError('validation-error', `After filling in the variables, field '${at}': ${reason}`, {
    errors: { [at]: reason },
  });
}
