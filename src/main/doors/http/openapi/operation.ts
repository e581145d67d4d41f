/** One route as an OpenAPI operation. */
import { z } from 'zod';
import { unwrap } from '../../dispatch/validation.ts';
import type { HttpRoute } from '../pages/routes-list.ts';
import { problemsOf } from './problems.ts';
import type { JsonSchema, SchemaWriter } from './schemas.ts';

interface Members {
  properties: Record<string, JsonSchema>;
  required: readonly string[];
}

/** Describes one route. */
export function describeRoute(route: HttpRoute, schemas: SchemaWriter): JsonSchema {
  const { id, operation, method, path, alias } = route;
  const members = membersOf(schemas.expand(operation.input, 'input'));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const rest = Object.entries(members.properties).filter(([name]) => !inPath.includes(name));
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const parameters = [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: members.properties[name] ?? { type: 'string' },
    })),
    ...(hasBody ? [] : rest.map(([name, schema]) => queryParameter(name, schema, members.required.includes(name)))),
    ...headerParameters(route),
  ];
  return {
    operationId: alias === 0 ? id : `${id}_alias_${alias}`,
    summary: operation.summary,
    tags: [...operation.tags],
    ...(alias === 0 ? {} : { deprecated: true }),
    ...(operation.anonymous ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(route, rest, members, hasBody, schemas),
    responses: {
      ...success(route, schemas),
      ...problemsOf({ writes: hasBody || method === 'DELETE', history: operation.history, hasBody }),
    },
    'x-scope': operation.anonymous ? null : operation.scope,
    'x-area': operation.area,
    'x-tier': operation.tier,
    'x-stream': operation.stream,
    'x-job': operation.job,
    'x-row': operation.row,
  };
}

function membersOf(schema: JsonSchema): Members {
  return {
    properties: (schema.properties ?? {}) as Record<string, JsonSchema>,
    required: (schema.required ?? []) as readonly string[],
  };
}

function queryParameter(name: string, schema: JsonSchema, required: boolean): JsonSchema {
  return { name, in: 'query', required, schema, style: 'form', explode: true };
}

function headerParameters({ operation, method, alias }: HttpRoute): JsonSchema[] {
  if (alias > 0) return [];
  const header = (name: string, description: string, schema: JsonSchema = { type: 'string' }): JsonSchema => ({
    name,
    in: 'header',
    required: false,
    description,
    schema,
  });
  return [
    ...(operation.idempotencyKey
      ? [
          header('Idempotency-Key', 'The same key with the same input runs once in 24 hours.', {
            type: 'string',
            minLength: 1,
            maxLength: 200,
          }),
        ]
      : []),
    ...(method === 'PATCH' ? [header('If-Match', 'Version that the change is based on.')] : []),
    ...(operation.history ? [header('Last-Event-ID', 'Sequence number to go on after.')] : []),
  ];
}

function requestBody(
  route: HttpRoute,
  rest: [string, JsonSchema][],
  members: Members,
  hasBody: boolean,
  schemas: SchemaWriter,
): JsonSchema {
  const { operation } = route;
  if (!hasBody) return {};
  if (operation.payload === 'file') {
    const file = { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] };
    return {
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': { schema: file },
          'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
        },
      },
    };
  }
  if (!(unwrap(operation.input) instanceof z.ZodObject)) {
    return {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemas.write(operation.input, 'input') } },
      },
    };
  }
  if (rest.length === 0) return {};
  const required = members.required.filter((name) => rest.some(([member]) => member === name));
  const whole = rest.length === Object.keys(members.properties).length;
  const schema = whole
    ? schemas.write(operation.input, 'input')
    : { type: 'object', properties: Object.fromEntries(rest), ...(required.length > 0 ? { required } : {}) };
  return { requestBody: { required: required.length > 0, content: { 'application/json': { schema } } } };
}

function success({ operation }: HttpRoute, schemas: SchemaWriter): Record<string, JsonSchema> {
  const status = String(operation.http?.status ?? 200);
  if (operation.bytes) {
    const content = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
    return {
      200: { description: 'The file.', content },
      206: { description: 'The range that was asked for.', content },
    };
  }
  const schema = schemas.write(operation.output, 'output');
  if (operation.stream === 'always') {
    return {
      200: {
        description: 'Server-sent events; each data line is one item.',
        content: { 'text/event-stream': { schema } },
      },
    };
  }
  const items =
    operation.event === null ? {} : { 'text/event-stream': { schema: schemas.write(operation.event, 'output') } };
  const answer = { description: 'Success.', content: { 'application/json': { schema }, ...items } };
  return operation.job
    ? { [status]: answer, 202: { ...answer, description: 'The job has begun.' } }
    : { [status]: answer };
}
