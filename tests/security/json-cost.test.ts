/** JSON that others wrote costs the host's thread no more than its bytes: what is small to send is not large to look at. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/index.ts';
import { AppError } from '../../src/contract/kernel/errors.ts';
import { Json, JsonObject } from '../../src/contract/kernel/scalars.ts';
import type { ChatMessage } from '../../src/contract/models/openai/chat.ts';
import { checkOutput } from '../../src/main/doors/dispatch/output-check.ts';
import { engineMessages } from '../../src/main/features/inference/openai/messages.ts';
import { sampleOf } from '../support/sample.ts';

function busyMs(run: () => unknown): number {
  const costs = Array.from({ length: 3 }, () => {
    const start = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...costs);
}

/** An array of empty arrays, so many bytes long. */
const lists = (bytes: number) => `[${'[],'.repeat(bytes / 3)}[]]`;
const text = (bytes: number) => `["${'x'.repeat(bytes)}"]`;

const called = (args: readonly string[]): ChatMessage[] => [
  {
    role: 'assistant',
    content: null,
    tool_calls: args.map((one, n) => ({
      id: `c${n}`,
      type: 'function',
      function: { name: 'f', arguments: `{"a":${one}}` },
    })),
  },
];

function refusalOf(messages: ChatMessage[]): unknown {
  try {
    return engineMessages(messages);
  } catch (error) {
    return error;
  }
}

// Would catch: texts inside an input that are parsed as JSON without the bounds of the input around them.
test.each([
  ['of one call', 1],
  ['of a hundred calls', 100],
])('the arguments %s are bounded as the input is', (_what, calls) => {
  const bytes = 6_000_000 / calls;
  const hostile = called(Array.from({ length: calls }, () => lists(bytes)));
  const plain = called(Array.from({ length: calls }, () => text(bytes)));
  const refusal = refusalOf(hostile);
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({ slug: 'validation-error', extra: { param: expect.stringContaining('.arguments') } });
  expect(String(refusal)).toContain('lists and objects');
  expect(busyMs(() => refusalOf(hostile)) / busyMs(() => refusalOf(plain))).toBeLessThan(10);
});

/** What a page of tasks costs whose outputs are so: read, checked and written. */
function pageCost(output: string): number {
  const task = sampleOf(contract.tasks_get.output, 'output') as object;
  const page = sampleOf(contract.tasks_list.output, 'output') as object;
  return busyMs(() => {
    const items = Array.from({ length: 50 }, () => ({ ...task, output: JSON.parse(output) as unknown }));
    JSON.stringify(checkOutput('tasks_list', contract.tasks_list.output, {}, { ...page, items }));
  });
}

// Would catch: outputs that are parsed with a schema of any JSON each time they are shown: 50 of 60 KB took seconds.
test('a page of outputs costs no more than some looks at plain text of the same length', () => {
  const ratio = pageCost(lists(60_000)) / pageCost(text(60_000));
  process.stdout.write(`a page of empty lists costs ${ratio.toFixed(0)} pages of text\n`);
  expect(ratio).toBeLessThan(60);
});

test('what is no JSON is told apart as zod does', () => {
  const shared = { a: [1] };
  const values: unknown[] = [
    ...[null, true, 0, -0, 'x', [], {}, [[{ a: null }]], Object.create(null), { shared, again: shared }],
    ...[undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('s'), () => 1, new Date(0), new Map(), /x/],
    ...[
      [undefined],
      { a: undefined },
      new Array(2),
      { a: new Uint8Array(1) },
      JSON.parse('[{"__proto__":{"a":1},"b":2}]'),
    ],
  ];
  for (const value of values) {
    const known = z.json().safeParse(structuredCloneOr(value));
    const found = Json.safeParse(structuredCloneOr(value));
    expect(found.success, String(known.success)).toBe(known.success);
    if (known.success) expect(found.data).toEqual(known.data);
  }
  expect(JsonObject.safeParse([]).error?.issues).toMatchObject([{ code: 'invalid_type', expected: 'record' }]);
});

function structuredCloneOr(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

// Would catch: a walk without an end.
test('a value that contains itself is no JSON', () => {
  const value: Record<string, unknown> = {};
  value.self = [value];
  expect(Json.safeParse(value).success).toBe(false);
});
