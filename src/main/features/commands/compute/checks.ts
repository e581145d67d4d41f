/** The host's side of computation over commands: asks the processes, and says what was wrong when one had to be ended. */
import type { z } from 'zod';
import type { CommandSpec } from '../../../../contract/automation/kinds/index.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { COMPUTE_MEMORY_MB, type ComputePool, Overrun } from '../../../core/process/compute-pool.ts';
import { mergeInput } from '../merge.ts';
import type { Place } from '../secrets/places.ts';
import { InputAnswer, type Issue, PreviewAnswer, type Request, SchemaAnswer } from './requests.ts';

const SCHEMA_MS = 250;
const PREVIEW_MS = 2000;
/** Characters of a schema: what it compiles to is larger by far, and V8 cannot be interrupted while it reads that. */
const MAX_SCHEMA = 256 * 1024;
const TOO_LARGE = `has more than ${MAX_SCHEMA} characters; make it smaller`;

const isEmpty = (value: object) => Object.keys(value).length === 0;

/** What a request was ended for. */
function overrunText(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Overrun)) throw error;
  switch (error.why) {
    case 'time':
      return `took longer than ${deadlineMs} ms to check`;
    case 'memory':
      return `needed more than ${COMPUTE_MEMORY_MB} MB of memory to check`;
    case 'broken':
      return 'could not be checked: the checker failed on it, as it does when something is nested too deeply';
  }
}

const schemaText = (error: unknown) =>
  `${overrunText(error, SCHEMA_MS)}; simplify its patterns, references and uniqueItems, or send less input`;

/** The error for a schema with a problem. */
function unusable(problem: string): AppError {
  return new AppError('validation-error', `Field 'input_schema': is not a usable JSON Schema: ${problem}`, {
    errors: { input_schema: problem },
    extra: { field: 'input_schema', reason: problem },
  });
}

/** The error for a spec that shows secrets to others. @throws AppError `validation-error` naming each part */
function requireNone(issues: readonly Issue[]): void {
  const [first] = issues;
  if (first === undefined) return;
  throw new AppError('validation-error', `Field '${first.path}': ${first.message}`, {
    errors: Object.fromEntries(issues.map(({ path, message }) => [path, message])),
    extra: { field: first.path, reason: first.message },
  });
}

/** A schema and what it is asked about. */
interface About {
  schema: JsonObject;
  /** True for a schema that nobody has accepted yet. */
  isNew: boolean;
  /** Must show no secret to others; null when it has been looked at before. */
  spec: CommandSpec | null;
}

/** Creates the checks. Each of them throws AppError `resource-limit-exceeded`, or `cancelled`, as the pool does. */
export function createChecks(pool: Pick<ComputePool, 'run'>) {
  const ask = <T extends z.ZodType>(request: Request, answer: T) => pool.run(request, answer, SCHEMA_MS);

  /** The input that `given` makes of `base`, or `problem`: why the schema cannot be used. */
  async function input({
    base,
    given,
    ...about
  }: About & { base: JsonObject; given: JsonObject }): Promise<InputAnswer> {
    const none = { problem: null, secrets: [], exposed: [], issues: [], input: {} };
    // The schema of most commands: it accepts any object and knows no secret.
    if (isEmpty(about.schema)) return { ...none, input: mergeInput(base, given) };
    const schema = JSON.stringify(about.schema);
    if (schema.length > MAX_SCHEMA) return { ...none, problem: TOO_LARGE };
    const request = { t: 'input', schema, spec: about.spec, is_new: about.isNew, base, given } as const;
    return ask(request, InputAnswer).catch((error) => ({ ...none, problem: schemaText(error) }));
  }

  return {
    input,
    /** {@link input} that throws. @throws AppError `validation-error` at what is wrong: the schema, the spec or the input */
    async requireInput(about: Parameters<typeof input>[0]): Promise<{ input: JsonObject; secrets: Place[] }> {
      const { problem, exposed, issues, ...found } = await input(about);
      if (problem !== null) throw unusable(problem);
      requireNone(exposed);
      requireNone(issues.map(({ path, message }) => ({ path: path === '' ? 'input' : `input.${path}`, message })));
      return found;
    },
    /**
     * Places of the values that a schema calls secret.
     * @throws AppError `validation-error` at the schema or at a part of the spec
     */
    async secrets({ schema, isNew, spec, value }: About & { value: JsonObject }): Promise<Place[]> {
      if (isEmpty(schema) || (!isNew && spec === null && isEmpty(value))) return [];
      const text = JSON.stringify(schema);
      if (text.length > MAX_SCHEMA) throw unusable(TOO_LARGE);
      const { problem, exposed, secrets } = await ask({ t: 'schema', schema: text, spec, value }, SchemaAnswer).catch(
        (error) => {
          throw unusable(schemaText(error));
        },
      );
      if (isNew && problem !== null) throw unusable(problem);
      requireNone(exposed);
      return secrets;
    },
    /** What a spec would do. */
    preview(request: Omit<Extract<Request, { t: 'preview' }>, 't'>): Promise<PreviewAnswer> {
      return pool.run({ t: 'preview', ...request }, PreviewAnswer, PREVIEW_MS).catch((error) => {
        const message = `${overrunText(error, PREVIEW_MS)}; make its script or templates simpler`;
        return { spec: null, shown: {}, missing: [], warnings: [], errors: [{ path: 'spec', message }] };
      });
    },
  };
}
export type Checks = ReturnType<typeof createChecks>;
