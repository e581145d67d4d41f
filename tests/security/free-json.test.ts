/**
 * Where an input may hold any JSON, the largest of each shape holds up the host's own thread for some looks through it, whatever is made
 * of it: schemas, defaults, tools, filters.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import { DOCUMENT_BOUNDS, excessOf, JSON_BOUNDS } from '../../src/contract/kernel/bounds.ts';
import { type Operation, PAYLOAD_LIMITS } from '../../src/contract/kernel/define.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { httpCall } from '../support/http-call.ts';
import { fromJsonSchema } from '../support/sample.ts';

type Schema = { [key: string]: unknown };
/** Puts a value at one place of an input whose other members are the smallest that fit. */
type Put = (value: unknown) => unknown;

const isFree = (schema: Schema) =>
  !('type' in schema || 'const' in schema || 'enum' in schema || 'anyOf' in schema || 'oneOf' in schema);
const listOf = (value: unknown) => (Array.isArray(value) ? (value as Schema[]) : []);

/** Every place of any JSON in a schema, at most so many levels down. */
function places(schema: Schema, root: Schema, levels = 6): Put[] {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? '';
    const target = (root.$defs as Record<string, Schema> | undefined)?.[name];
    // A schema of any JSON refers to itself.
    return target === undefined || JSON.stringify(target).includes(schema.$ref)
      ? [(value) => value]
      : places(target, root, levels);
  }
  if (isFree(schema)) return [(value) => value];
  if (levels === 0) return [];
  const branches = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  const ofBranches = branches.flatMap((branch) => places(branch, root, levels));
  if (schema.type === 'array') {
    const inner = places((schema.items ?? {}) as Schema, root, levels - 1);
    return [
      ...ofBranches,
      ...inner.map(
        (put): Put =>
          (value) => [put(value)],
      ),
    ];
  }
  if (schema.type !== 'object') return ofBranches;
  const own = Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([name, member]) =>
    places(member, root, levels - 1).map(
      (put): Put =>
        (value) => ({
          ...(fromJsonSchema({ ...schema, default: undefined, ...bare(schema) }) as object),
          [name]: put(value),
        }),
    ),
  );
  const { additionalProperties: more } = schema;
  const free = typeof more === 'object' && more !== null ? places(more as Schema, root, levels - 1) : [];
  return [
    ...ofBranches,
    ...own,
    ...free.slice(0, 1).map(
      (put): Put =>
        (value) =>
          named(put(value)),
    ),
  ];
}

/** A schema without its own default, which would take the place of its members. */
function bare({ default: _default, ...schema }: Schema): Schema {
  return schema;
}

/** An object stays one; anything else becomes the value of a keyword, as in a schema. */
const named = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { const: value };

const many = (count: number, item: (n: number) => unknown) => Array.from({ length: count }, (_, n) => item(n));
const members = (count: number, item: (n: number) => unknown) =>
  Object.fromEntries(many(count, (n) => [`k${n}`, item(n)]) as [string, unknown][]);
const nested = (levels: number) => {
  let value: unknown = [];
  for (let n = 0; n < levels; n++) value = [value];
  return value;
};

/** The largest of each shape that the bounds of an operation take. */
function shapes({ payload }: Operation): Record<string, unknown> {
  const bounds = payload === 'json' ? JSON_BOUNDS : DOCUMENT_BOUNDS;
  const values = bounds.members - 1000;
  const names = Math.min(bounds.names ?? values, values) - 1000;
  const containers = (bounds.containers ?? values) - 1000;
  const limit = payload === 'json' ? PAYLOAD_LIMITS.json : PAYLOAD_LIMITS.documents;
  const text = Math.min(limit - 10_000, bounds.string);
  return {
    'empty lists as a constant': { const: many(containers, () => []) },
    'empty lists as defaults': { type: 'object', default: many(containers, () => []) },
    'empty lists as examples': { examples: many(containers, () => []), enum: [] },
    'empty objects': { enum: many(containers, () => ({})) },
    'lists in lists': { const: many(containers / 40, () => nested(39)) },
    numbers: { enum: many(Math.min(values, limit / 8), (n) => n) },
    nulls: many(Math.min(values, limit / 6), () => null),
    texts: { required: many(Math.min(values, limit / 12), (n) => `a${n}`) },
    'a long text': { const: '"'.repeat(text / 2), description: '' },
    members: members(Math.min(names, limit / 20), (n) => n),
    properties: { type: 'object', properties: members(Math.min(containers, names / 2), () => ({ type: 'string' })) },
    alternatives: { anyOf: many(Math.min(containers, names), (n) => ({ const: n })) },
  };
}

function busyMs(run: () => unknown): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
});
afterAll(() => subject[Symbol.asyncDispose]());

/** Looks that a call may take: it is read from its text, walked, parsed, copied to where schemas are checked, kept and answered. */
const LOOKS = 40;

/** The yardstick: zod's own schema of any JSON, which the contract does not use because of what it costs. */
const anyJson = z.json();

/** What one look through the largest lists costs on this machine: walked, and parsed as any JSON. */
function look(): number {
  const value = many(20_000, () => []);
  const costs = many(7, () =>
    busyMs(() => {
      excessOf(value);
      anyJson.parse(value);
    }),
  ) as number[];
  return costs.toSorted((a, b) => a - b)[3] ?? 0;
}

const cases = Object.entries(contract as Record<string, Operation>).flatMap(([id, operation]) => {
  if (operation.http === null || operation.http.method === 'GET' || operation.http.method === 'DELETE') return [];
  const schema = z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' }) as Schema;
  const found = places(schema, schema);
  return found.length === 0 ? [] : [[id, operation, found] as const];
});

test('there are such inputs', () => {
  expect(cases.map(([id]) => id)).toEqual(expect.arrayContaining(['chat', 'tasks_create', 'commands_create']));
});

// Would catch: a walk over what is free in an input whose cost is more than in proportion to its size.
test.each(cases.map(([id]) => id))('%s is done with the largest of each shape soon', {
  timeout: 240_000,
}, async (id) => {
  const [, operation, found] = cases.find(([one]) => one === id) ?? [];
  if (operation === undefined || found === undefined) throw new Error(`${id} has no place`);
  const unit = look();
  let worst = { ratio: 0, at: '' };
  for (const [turn, [shape, value]] of Object.entries(shapes(operation)).entries()) {
    const n = turn % found.length;
    const input = found[n]?.(value);
    const start = process.threadCpuUsage();
    const { error } = await httpCall(subject.url, subject.token, id, input);
    const { user, system } = process.threadCpuUsage(start);
    expect(error?.status, `${shape} at place ${n}`).not.toBe(500);
    const ratio = (user + system) / 1000 / unit;
    if (ratio > worst.ratio) worst = { ratio, at: `${shape} at place ${n}` };
  }
  const told = `${worst.ratio.toFixed(1)} looks of ${unit.toFixed(0)} ms, ${worst.at}`;
  process.stdout.write(`free json: ${id}, ${found.length} places: ${told}\n`);
  expect(worst.ratio, told).toBeLessThan(LOOKS);
});
