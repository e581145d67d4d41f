import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/scalars.ts';
import { escapeTemplate, resolveTemplates, templateNames } from './template.ts';

const variables = {
  input: {
    user: 'ada',
    count: 3,
    tags: ['a', 'b'],
    nothing: null,
    deep: { list: [{ id: 'x1' }] },
    profile: 'shadowed',
    empty: '',
  },
  profile: { name: 'Shop' },
  task: { id: 'tsk_1' },
};
const resolve = (value: string) => resolveTemplates(value, variables);

describe('resolveTemplates', () => {
  it.each([
    ['{{user}}', 'ada'],
    ['{{input.user}}', 'ada'],
    ['{{ user }}', 'ada'],
    ['Hi {{user}}, {{count}} of {{tags}}', 'Hi ada, 3 of ["a","b"]'],
    ['{{count}}', 3],
    ['{{tags}}', ['a', 'b']],
    ['{{deep.list.0.id}}', 'x1'],
    ['{{profile.name}}/{{task.id}}', 'Shop/tsk_1'],
    ['{{input.profile}}', 'shadowed'],
    ['{{nothing}}', null],
    ['<{{nothing}}>', '<>'],
    ['{{nothing|none}}', 'none'],
    ['{{empty|none}}', ''],
    ['{{absent|some text}}!', 'some text!'],
    ['{{absent|}}', ''],
    ['\\{{user}}', '{{user}}'],
    ['\\\\{{user}}', '\\ada'],
    ['\\\\\\{{user}}', '\\{{user}}'],
    ['{{{user}}}', '{ada}'],
    ['{{user}}{{user}}', 'adaada'],
    ['{{#if user}}', '{{#if user}}'],
    ['{{"a":1}}', '{{"a":1}}'],
    ['C:\\dir\\n', 'C:\\dir\\n'],
  ])('%s → %j', (template, expected) => {
    expect(resolve(template)).toMatchObject({ value: expected, missing: [] });
  });

  it('names what is missing and leaves it in place', () => {
    expect(resolve('{{absent}} {{task.nope}} {{absent}}')).toEqual({
      value: '{{absent}} {{task.nope}} {{absent}}',
      missing: ['absent', 'task.nope'],
      used: [],
    });
    expect(resolve('{{absent}}').value).toBe('{{absent}}');
  });

  it('does not hand out the environment or anything inherited', () => {
    expect(
      resolve('{{env.PATH}} {{constructor}} {{user.length}} {{input.__proto__}} {{tags.length}}').missing,
    ).toHaveLength(5);
  });

  it('walks arrays and objects, and leaves member names alone', () => {
    const result = resolveTemplates({ '{{user}}': ['{{user}}', { n: '{{count}}' }], keep: 1 }, variables);
    expect(result.value).toEqual({ '{{user}}': ['ada', { n: 3 }], keep: 1 });
    expect(result.used).toEqual(['user', 'count']);
  });

  it('never resolves what a value brought along', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const brought = `${text}{{secret}}`;
        const result = resolveTemplates('<{{a}}>', { input: { a: brought, secret: 'leaked' } });
        expect(result.value).toBe(`<${brought}>`);
      }),
    );
  });

  it('gives every escaped text back unchanged', () => {
    const tricky = fc.array(fc.constantFrom('\\', '{{', '}}', '{', '}', 'user', 'a', '|', ' ', '.'), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tricky.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(resolveTemplates(escapeTemplate(text), variables)).toEqual({ value: text, missing: [], used: [] });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps any JSON value that a lone placeholder names', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value));
        expect(resolveTemplates('{{v}}', { input: { v: json } }).value).toEqual(json);
      }),
    );
  });

  // Would catch: a template of 64 KiB that names an input of 1 MiB 13 000 times, and takes the memory of the host.
  it('refuses what would be too large or too deep once it is filled in', () => {
    const large = 'x'.repeat(1024 * 1024);
    const wide = Array.from({ length: 5000 }, () => 0);
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`);
    const refused = (value: Json, input: JsonObject) => {
      const start = performance.now();
      expect(() => resolveTemplates(value, { input })).toThrow(AppError);
      expect(performance.now() - start).toBeLessThan(1000);
    };
    refused('{{a}}'.repeat(13_000), { a: large });
    refused('{{a}}'.repeat(13_000), { a: wide });
    refused(
      Array.from({ length: 13_000 }, () => '{{a}}'),
      { a: wide },
    );
    refused(
      Array.from({ length: 120 }, () => '{{a}}'.repeat(1000)),
      { a: 'x' },
    );
    refused(JSON.parse(`${'['.repeat(40)}"{{a}}"${']'.repeat(40)}`), { a: deep });
  });

  it('takes linear time on hostile templates', () => {
    for (const piece of ['{{a|', '\\', '{{', '{{ ', '{{a.', '{{a}']) {
      const start = performance.now();
      resolve(piece.repeat(65_536 / piece.length));
      expect(performance.now() - start).toBeLessThan(500);
    }
  });
});

describe('parts that are text', () => {
  it('makes text of numbers where a spec takes text, and keeps them in JSON', () => {
    const spec = {
      argv: ['seq', '{{count}}', '{{nothing}}'],
      query: { page: '{{count}}' },
      body: { json: { n: '{{count}}', tags: '{{tags}}' } },
      expect: { json: { '/n': '{{count}}' }, body_contains: '{{count}}' },
    };
    expect(
      resolveTemplates(spec, variables, ([part, member]) => (part === 'body' || part === 'expect') && member === 'json')
        .value,
    ).toEqual({
      argv: ['seq', '3', ''],
      query: { page: '3' },
      body: { json: { n: 3, tags: ['a', 'b'] } },
      expect: { json: { '/n': 3 }, body_contains: '3' },
    });
  });
});

// Would catch: a search for secrets that misses the first placeholder of every text once a lone one was resolved.
it('names are found whatever was resolved before', () => {
  resolveTemplates({ p: '{{token}}' }, { input: { token: 'x' } });
  expect(templateNames({ argv: ['{{token}}'] })).toEqual(['token']);
});
