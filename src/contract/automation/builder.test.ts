import { describe, expect, expectTypeOf, it } from 'vitest';
import * as builders from './builder.ts';
import { analyze, browser, type FromSchema, http, llm, playwright_test, process } from './builder.ts';
import { CommandCreate, CommandSpec } from './commands.ts';
import { COMMAND_KINDS } from './kinds/index.ts';

describe('FromSchema', () => {
  it('infers the input, so that a typo in a script does not compile', () => {
    type Input = FromSchema<{
      readonly type: 'object';
      readonly properties: {
        readonly url: { readonly type: 'string' };
        readonly pages: { readonly type: 'integer'; readonly default: 3 };
        readonly sort: { readonly enum: readonly ['asc', 'desc'] };
        readonly tags: { readonly type: 'array'; readonly items: { readonly type: 'string' } };
      };
      readonly required: readonly ['url'];
    }>;
    expectTypeOf<Input['url']>().toEqualTypeOf<string>();
    expectTypeOf<Input['pages']>().toEqualTypeOf<number>();
    expectTypeOf<Input['sort']>().toEqualTypeOf<'asc' | 'desc' | undefined>();
    expectTypeOf<Input['tags']>().toEqualTypeOf<string[] | undefined>();
  });
});

describe('browser', () => {
  it('makes a command of a function: the text is a module that runs', () => {
    const command = browser({
      name: 'Echo',
      input_schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
      defaults: { n: 1 },
      trace: 'off',
      script: async ({ input }) => {
        expectTypeOf(input.n).toEqualTypeOf<number>();
        return { twice: input.n * 2 };
      },
    });
    expect(CommandCreate.parse(command)).toEqual(command);
    const spec = CommandSpec.parse(command.spec);
    expect(spec).toMatchObject({ kind: 'browser', language: 'javascript', trace: 'off', headless: true });
    expect(spec.kind === 'browser' && spec.script).toMatch(/^export default async/);
  });

  it('takes source text as it is', () => {
    const command = browser({ name: 'Text', script: 'export default async () => 1' });
    expect(command.spec).toMatchObject({ script: 'export default async () => 1', language: 'typescript' });
  });

  it('refuses what commands_create would refuse', () => {
    expect(() => browser({ name: '', script: 'x' })).toThrow();
    expect(() => http({ name: 'x', url: '/', ...{ unknown: 1 } })).toThrow();
  });
});

describe('process, llm, analyze, tests and http', () => {
  it('put members where they belong', () => {
    expect(process({ name: 'List', argv: ['ls', '{{dir}}'], tags: ['disk'], timeout_seconds: 5 })).toMatchObject({
      kind: 'process',
      tags: ['disk'],
      timeout_seconds: 5,
      spec: { kind: 'process', argv: ['ls', '{{dir}}'], output: 'text' },
    });
    expect(llm({ name: 'Ask', prompt: 'About {{text}}', parameters: { seed: 1 } })).toMatchObject({
      kind: 'llm',
      spec: { kind: 'llm', model: 'default', prompt: 'About {{text}}', parameters: { seed: 1 }, output_schema: null },
    });
    expect(analyze({ name: 'Names', task: 'entities', text: '{{text}}' })).toMatchObject({
      kind: 'analyze',
      spec: {
        kind: 'analyze',
        model: 'default',
        task: 'entities',
        text: '{{text}}',
        aggregation: 'simple',
        top_k: null,
      },
    });
    expect(playwright_test({ name: 'Shop', folder: '/srv/shop', grep: '@smoke' })).toMatchObject({
      kind: 'playwright_test',
      spec: { kind: 'playwright_test', folder: '/srv/shop', grep: '@smoke', script: '' },
    });
    expect(http({ name: 'Get', url: '{{base}}/x', expect: { status: 200 } })).toMatchObject({
      kind: 'http',
      spec: { kind: 'http', method: 'GET', url: '{{base}}/x', expect: { status: 200 } },
    });
  });
});

// Would catch: a kind of command that cannot be written in TypeScript.
it('every kind has a builder of its name', () => {
  expect(Object.keys(builders).sort()).toEqual([...COMMAND_KINDS].sort());
});
