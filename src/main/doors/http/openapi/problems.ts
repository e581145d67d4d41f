/** One response component per error status, with an example of each problem that has it. */
import { AppError, ERRORS, type ErrorSlug, Problem, problemOf } from '../../../../contract/kernel/errors.ts';
import type { JsonSchema, SchemaWriter } from './schemas.ts';

/** Statuses that any operation may fail with. */
const ALWAYS = [400, 401, 403, 404, 405, 413, 415, 429, 500, 503] as const;
/** Statuses of operations that change something. */
const ON_WRITE = [409, 412, 422] as const;

const SLUGS = Object.keys(ERRORS) as ErrorSlug[];
const statusesOf = (slug: ErrorSlug): number[] => (slug === 'version-conflict' ? [409, 412] : [ERRORS[slug].status]);
const nameOf = (status: number): string => `Problem${status}`;

/** Response components for every status of the catalogue that crosses HTTP. */
export function problemResponses(schemas: SchemaWriter): Record<string, JsonSchema> {
  const schema = schemas.write(Problem, 'output');
  const responses: Record<string, JsonSchema> = {};
  for (const status of [...ALWAYS, ...ON_WRITE, 410]) {
    const slugs = SLUGS.filter((slug) => statusesOf(slug).includes(status));
    responses[nameOf(status)] = {
      description: slugs.join(', '),
      content: {
        'application/problem+json': {
          schema,
          examples: Object.fromEntries(slugs.map((slug) => [slug, example(slug, status)])),
        },
      },
    };
  }
  return responses;
}

/** References to the failures of one operation. */
export function problemsOf(operation: {
  writes: boolean;
  history: boolean;
  hasBody: boolean;
}): Record<string, JsonSchema> {
  const statuses = [
    ...ALWAYS.filter((status) => operation.hasBody || (status !== 413 && status !== 415)),
    ...(operation.writes ? ON_WRITE : []),
    ...(operation.history ? [410] : []),
  ].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]));
}

function example(slug: ErrorSlug, status: number): JsonSchema {
  const error = new AppError(slug, undefined, { status });
  const requestId = '0193a5c6-5d0e-7b3a-9c54-1f2e3d4c5b6a';
  return { summary: slug, value: problemOf(error, { instance: '/v1/tasks', requestId }) };
}
