/** Specs: parsing with the kind's schema, checking scripts, resolving variables. */
import { stripTypeScriptTypes } from 'node:module';
import { z } from 'zod';
import {
  BrowserSpec,
  COMMAND_KINDS,
  type CommandKind,
  CommandSpec,
  HttpSpec,
  ProcessSpec,
} from '../../../contract/automation/commands.ts';
import { resolveSpecTemplates } from '../../../contract/automation/template.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';

const SCHEMAS = { browser: BrowserSpec, process: ProcessSpec, http: HttpSpec } as const;
const TITLES: Record<CommandKind, string> = { browser: 'Playwright script', process: 'Process', http: 'HTTP request' };

/** Kinds with the JSON Schema of their spec, for forms. */
export function kindSchemas(): { kind: CommandKind; title: string; spec_schema: JsonObject }[] {
  return COMMAND_KINDS.map((kind) => ({
    kind,
    title: TITLES[kind],
    spec_schema: JSON.parse(JSON.stringify(z.toJSONSchema(SCHEMAS[kind], { io: 'input' }))) as JsonObject,
  }));
}

/** One finding about a spec; `path` starts with `spec`. */
export interface SpecIssue {
  path: string;
  message: string;
}

/** Parses a spec as sent. @returns the spec with defaults filled, or what is wrong with it */
export function parseSpec(kind: CommandKind, raw: JsonObject): { spec: CommandSpec } | { issues: SpecIssue[] } {
  const parsed = CommandSpec.safeParse({ ...raw, kind: raw.kind ?? kind });
  if (!parsed.success) {
    return {
      issues: parsed.error.issues.map((issue) => ({ path: ['spec', ...issue.path].join('.'), message: issue.message })),
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
    errors: Object.fromEntries(result.issues.map((issue) => [issue.path, issue.message])),
    extra: { field: first?.path, reason: first?.message },
  });
}

/** Says why a script cannot run, or null. Finds syntax errors and a missing default export without running anything. */
export function scriptProblem(spec: BrowserSpec): string | null {
  try {
    stripTypeScriptTypes(spec.script, { mode: 'strip' });
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'does not compile') : String(error);
  }
  if (!/\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(spec.script)) {
    return 'has no default export; write export default async ({ page }) => { … }';
  }
  return null;
}

/** Values that `{{…}}` can name. */
export interface Variables {
  input: JsonObject;
  profile: { id: string; name: string } | null;
  task: { id: string; attempt: number };
  /** `host.node`: path of the Node program that runs TabAgent. */
  host: { node?: string; platform: string };
}

/** A spec whose templates have been filled. Scripts are not templates: they receive `input`. */
export function resolveSpec(spec: CommandSpec, variables: Variables): { spec: CommandSpec; missing: string[] } {
  if (spec.kind === 'browser') return { spec, missing: [] };
  const scope = { ...variables.input, ...variables } as unknown as Record<string, Json>;
  const { value, missing } = resolveSpecTemplates(JSON.parse(JSON.stringify(spec)) as Json, scope);
  const parsed = CommandSpec.safeParse(value);
  if (parsed.success) return { spec: parsed.data, missing };
  const issue = parsed.error.issues[0];
  throw new AppError(
    'validation-error',
    `After filling in the variables, spec.${issue?.path.join('.')} ${issue?.message}`,
    {
      errors: { [['spec', ...(issue?.path ?? [])].join('.')]: issue?.message ?? 'has a wrong value' },
    },
  );
}
