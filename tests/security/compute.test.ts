/**
 * Schemas, patterns, scripts and templates that users give are computed where it can be ended (row S19): whatever they are, the host's own
 * thread stays free, the answer is typed, and the next honest call works.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationId } from '../../src/contract/index.ts';
import type { JsonObject } from '../../src/contract/kernel/scalars.ts';
import { createTestHost, type TestHost } from '../support/host.ts';
import { type HttpOutcome, httpCall } from '../support/http-call.ts';

const PING = { kind: 'http', url: 'http://127.0.0.1:9/' };
/**
 * Processor time that the host's own thread may take for a hostile call, by what it takes for a harmless one of the same size: what is meant
 * here takes seconds where it is not ended.
 */
const MOST_OF_HARMLESS = 4;
let harmlessMs = 0;

let subject: TestHost;
let honest: string;
let hostile: string;
beforeAll(async () => {
  subject = await createTestHost({ settings: { 'executor.paused': true } });
  const key = async (name: string) =>
    (await subject.host.client.call('keys_create', { name, scopes: ['admin'], areas: ['automation'] })).key;
  [honest, hostile] = [await key('honest'), await key('hostile')];
  // What is loaded once is not the first case's.
  await expectHonestCallsWork();
  const input = { a: Array.from({ length: 19_000 }, (_, n) => ({ n })) };
  for (let n = 0; n < 3; n++)
    harmlessMs = Math.max(harmlessMs, (await timed('tasks_create', { spec: PING, input })).ms);
});
afterAll(() => subject[Symbol.asyncDispose]());

const call = (id: OperationId, input: unknown, key = hostile): Promise<HttpOutcome> =>
  httpCall(subject.url, key, id, input);

/** A call, and the time for which it kept the host's own thread busy. */
async function timed(id: OperationId, input: unknown): Promise<{ outcome: HttpOutcome; ms: number }> {
  const start = process.threadCpuUsage();
  const outcome = await call(id, input);
  const { user, system } = process.threadCpuUsage(start);
  return { outcome, ms: (user + system) / 1000 };
}

/** A call that must not keep the host's own thread busy. */
async function measured(id: OperationId, input: unknown): Promise<HttpOutcome> {
  const { outcome, ms } = await timed(id, input);
  expect(ms / harmlessMs, `${id} kept the host busy`).toBeLessThan(MOST_OF_HARMLESS);
  return outcome;
}

const HONEST_SCHEMA = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };

async function expectHonestTaskWorks(): Promise<void> {
  const made = await call('tasks_create', { spec: PING, input_schema: HONEST_SCHEMA, input: { n: 1 } }, honest);
  expect(made.value).toMatchObject({ status: 'queued', input: { n: 1 } });
}

async function expectHonestCallsWork(): Promise<void> {
  await expectHonestTaskWorks();
  const input_schema = HONEST_SCHEMA;
  const script = 'export default async () => 1;';
  const dry = await call('commands_dry_run', { kind: 'browser', spec: { script }, input_schema, input: {} }, honest);
  expect(dry.value).toMatchObject({ errors: [{ path: 'input.n', message: 'n is required' }] });
}

/** What a hostile schema, or a good schema with a hostile input, may be answered with: at most that the schema or the input is wrong. */
function expectTyped({ value, error }: HttpOutcome): void {
  if (error === undefined) return expect(value).toBeDefined();
  expect(error).toMatchObject({ code: 'validation_error', status: 400 });
  expect(Object.keys(error.errors as object).join()).toMatch(/^input/);
}

/** What V8 compiles for seconds, outside of any limit. */
const CLASSES = `^${'\\P{L}'.repeat(43_000)}$`;
const EXPANDED = '^(?:\\P{L}{0,30}){0,33}$';
const REPEATED = ['^(a+)+$', '^(.*a){25}$'];
const LONG = `${'a'.repeat(60)}?`;
/** Each level asks for the next one twice. */
const doubling = (levels: number): JsonObject => ({
  $ref: '#/$defs/l0',
  $defs: Object.fromEntries([
    ...Array.from({ length: levels }, (_, n) => [
      `l${n}`,
      { allOf: [{ $ref: `#/$defs/l${n + 1}` }, { $ref: `#/$defs/l${n + 1}` }] },
    ]),
    [`l${levels}`, { type: 'object' }],
  ]),
});
const manyOf = (count: number, value: (n: number) => JsonObject): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, value(n)]));

/** Schema, input, and whether an answer has to refuse it. */
const SCHEMAS: [name: string, schema: JsonObject, input: JsonObject, refused: boolean][] = [
  ['an asynchronous schema', { $async: true, required: ['x'] }, {}, true],
  ['an asynchronous part', { $ref: '#/$defs/a', $defs: { a: { $async: true } } }, {}, true],
  ...REPEATED.map((pattern): (typeof SCHEMAS)[number] => [
    `the pattern ${pattern}`,
    { properties: { a: { pattern } } },
    { a: LONG },
    true,
  ]),
  ['a long pattern', { properties: { a: { pattern: CLASSES } } }, { a: LONG }, true],
  ['a long pattern of names', { patternProperties: { [CLASSES]: {} } }, { [LONG]: 1 }, true],
  ['a pattern that expands', { properties: { a: { pattern: EXPANDED } } }, { a: '1'.repeat(50_000) }, true],
  ['a long pattern as a value', { properties: { a: { format: 'regex' } } }, { a: CLASSES }, true],
  ['a pattern of names', { patternProperties: { '^(a+)+$': false } }, { [LONG]: 1 }, false],
  ['names with a pattern', { propertyNames: { pattern: '^(a+)+$' } }, { [LONG]: 1 }, true],
  [
    'many unique items',
    { properties: { a: { uniqueItems: true } } },
    { a: Array.from({ length: 19_000 }, (_, n) => ({ n })) },
    true,
  ],
  ['references that double', doubling(40), {}, true],
  ['a reference to itself', { $ref: '#' }, {}, true],
  ['a dynamic reference to itself', { $dynamicAnchor: 'x', allOf: [{ $dynamicRef: '#x' }] }, {}, true],
  ['a reference to nowhere', { $dynamicRef: 'https://example.test/x' }, {}, true],
  ['a pattern that is too large', { properties: { a: { pattern: '(?:a{0,1000}){0,1000}' } } }, { a: LONG }, false],
  ['thousands of patterns', { properties: manyOf(4000, (n) => ({ pattern: `^a${n}` })) }, {}, false],
  ['a large schema', { properties: manyOf(19_000, () => ({ type: 'string' })) }, {}, true],
  ['thousands of errors', { additionalProperties: { type: 'string' } }, manyOf(19_000, () => ({})), true],
  [
    'a secret by many ways',
    { properties: { a: { items: { anyOf: Array.from({ length: 500 }, () => ({ writeOnly: true })) } } } },
    { a: Array.from({ length: 19_000 }, () => 1) },
    false,
  ],
];

// Both questions that the threads are asked, about the schema and about an input; what asks them is below.
test.each(SCHEMAS)('%s is no trouble in a command or a task', async (_name, input_schema, input, refused) => {
  expectTyped(
    await measured('commands_create', { name: 'hostile', kind: 'http', spec: PING, input_schema, defaults: input }),
  );
  const made = await measured('tasks_create', { spec: PING, input_schema, input });
  expectTyped(made);
  if (refused) expect(made.error).toBeDefined();
  await expectHonestTaskWorks();
});

/** A schema that is refused, one whose input has to be ended, and one that has to be ended by itself. */
const EVERYWHERE = new Set(['an asynchronous part', 'the pattern ^(a+)+$', 'references that double']);
const everywhere = SCHEMAS.filter(([name]) => EVERYWHERE.has(name));

describe.each(everywhere)('%s', (_name, input_schema, input, refused) => {
  const command = { name: 'hostile', kind: 'http', spec: PING };

  test('is no trouble in a command, or in a task of it', async () => {
    const created = await measured('commands_create', { ...command, input_schema, defaults: input });
    expectTyped(created);
    if (created.error === undefined) {
      const { id } = created.value as { id: string };
      const made = await measured('tasks_create', { command_id: id, input });
      expectTyped(made);
      if (refused) expect(made.error).toBeDefined();
      expectTyped(await measured('commands_dry_run', { id, input }));
    }
    await expectHonestCallsWork();
  });

  test('is no trouble in a change of a command', async () => {
    const { value } = await call('commands_create', command);
    expectTyped(await measured('commands_update', { id: (value as { id: string }).id, input_schema }));
    await expectHonestCallsWork();
  });

  test('is no trouble in a dry run', async () => {
    const { value } = await measured('commands_dry_run', { kind: 'http', spec: PING, input_schema, input });
    const { valid, errors } = value as { valid: boolean; errors: { path: string }[] };
    expect(valid).toBe(errors.length === 0);
    if (refused) expect(errors[0]?.path).toMatch(/^input/);
    await expectHonestCallsWork();
  });

  test('is no trouble when a task runs again', async () => {
    const before = await measured('tasks_create', { spec: PING, input_schema, input: {} });
    expectTyped(before);
    if (before.error === undefined) {
      const { id } = before.value as { id: string };
      await call('tasks_cancel', { id });
      const again = await measured('tasks_retry', { id, input });
      expectTyped(again);
      if (refused) expect(again.error).toBeDefined();
    }
    await expectHonestCallsWork();
  });
});

const PIECES = [
  'export{',
  '(',
  '[',
  '{',
  'a<',
  '`${',
  '!',
  'a?',
  'class A{',
  'x=>',
  '<a>',
  '/*export{',
  '((a=',
  '//',
  '\\',
];
const repeated = (start: string, piece: string) => start + piece.repeat(900_000 / piece.length);
/** Each piece as a script; a comment hides most of them, and an expression differs for those that can be part of one. */
const SCRIPTS = [
  ...PIECES.map((piece) => repeated('', piece)),
  ...['export{', '/*export{', '//'].map((piece) => repeated('/*', piece)),
  ...['(', '[', '{', '`${', '!', 'x=>', '<a>', '((a='].map((piece) => repeated('export default ', piece)),
];

test('a dry run of a hostile script is answered, and the parser is whole again', { timeout: 240_000 }, async () => {
  for (const script of SCRIPTS) {
    const { value, error } = await measured('commands_dry_run', { kind: 'browser', spec: { script } });
    expect(error, script.slice(0, 30)).toBeUndefined();
    const { valid, errors } = value as { valid: boolean; errors: { path: string }[] };
    if (!valid) expect(errors[0]?.path, script.slice(0, 30)).toMatch(/^spec/);
  }
  await expectHonestCallsWork();
});

test('a template that would be huge once it is filled in is refused', async () => {
  const spec = { url: '{{a}}'.repeat(13_000) };
  const { value } = await measured('commands_dry_run', { kind: 'http', spec, input: { a: 'x'.repeat(1_000_000) } });
  expect(value).toMatchObject({ valid: false, errors: [{ path: 'spec', message: expect.stringContaining('larger') }] });
});

test('many hostile calls of one caller hold up the call of another one for one deadline at most', async () => {
  let ended = 0;
  const [, schema, input] = SCHEMAS.find(([name]) => name === 'many unique items') as (typeof SCHEMAS)[number];
  const calls = Array.from({ length: 5 }, async () => {
    const { error } = await call('tasks_create', { spec: PING, input_schema: schema, input });
    ended += 1;
    return error;
  });
  await expectHonestCallsWork();
  expect(ended).toBeLessThan(4);
  for (const error of await Promise.all(calls)) {
    expect(error).toMatchObject({
      code: 'validation_error',
      errors: { input_schema: expect.stringMatching(/250 ms/) },
    });
  }
});

// Would catch: a validator that keeps every schema which it has ever compiled.
test('memory does not grow with the number of schemas', { timeout: 240_000 }, async () => {
  const dryRuns = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const input_schema = { $id: `urn:${n}`, properties: manyOf(10, (p) => ({ $id: `urn:${n}:${p}`, minLength: n })) };
      await subject.host.client.call('commands_dry_run', { kind: 'http', spec: PING, input_schema });
    }
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const before = await dryRuns(0, 600);
  expect((await dryRuns(600, 1800)) - before).toBeLessThan(100);
});
