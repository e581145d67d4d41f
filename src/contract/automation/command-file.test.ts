import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommandFile } from './command-file.ts';
import { DEMO_URL, withDemoUrl } from './demo.ts';

const SCRIPT = 'export default async () => 1;\n';

const parse = (file: string, content: unknown) =>
  parseCommandFile({
    file,
    text: typeof content === 'string' ? content : JSON.stringify(content),
    readBeside: (name) => `// ${name}\n${SCRIPT}`,
  });

function failureOf(file: string, content: unknown): { slug: string; message: string; errors?: Record<string, string> } {
  try {
    parse(file, content);
  } catch (error) {
    return error as { slug: string; message: string; errors?: Record<string, string> };
  }
  throw new Error('it was accepted');
}

// Would catch: a name that keeps its extension or its folder, on either system's paths.
test.each([
  ['report.ts', 'report', 'typescript'],
  ['/home/ada/my.daily.report.mjs', 'my.daily.report', 'javascript'],
  ['C:\\jobs\\Übersicht 2.js', 'Übersicht 2', 'javascript'],
  ['a/b.c/login.command.mts', 'login', 'typescript'],
])('a script %s becomes the command %s in %s', (file, name, language) => {
  expect(parse(file, SCRIPT)).toMatchObject({
    command: { name, kind: 'browser', spec: { kind: 'browser', script: SCRIPT, language } },
    input: {},
    profile: null,
  });
});

test('a JSON command keeps its own name, its input and its profile', () => {
  const file = { name: 'Mine', kind: 'process', spec: { argv: ['true'] }, input: { a: [1] }, profile: 'Work' };
  expect(parse('other.json', file)).toMatchObject({ command: { name: 'Mine' }, input: { a: [1] }, profile: 'Work' });
});

// Would catch: a file from an editor on Windows that is refused because of three bytes nobody can see.
test('a byte order mark before the JSON is skipped', () => {
  const text = `\uFEFF${JSON.stringify({ kind: 'process', spec: { argv: ['true'] } })}`;
  expect(parse('x.command.json', text).command.name).toBe('x');
});

test('a script beside the JSON is read, and members of the spec win over it', () => {
  const { command } = parse('x.command.json', {
    kind: 'browser',
    spec: { language: 'javascript', headless: false },
    script_file: 'lib/x.ts',
  });
  expect(command.spec).toEqual({
    kind: 'browser',
    script: `// lib/x.ts\n${SCRIPT}`,
    language: 'javascript',
    headless: false,
  });
  expect('script_file' in command).toBe(false);
});

// Would catch: an error of the schema library instead of one that names the file and what is wrong in it.
test.each([
  ['x.py', 'print()', 'bad-request', 'x.py is neither'],
  ['noextension', SCRIPT, 'bad-request', 'noextension is neither'],
  ['x.json', '{"kind":', 'invalid-json', 'x.json: '],
  ['x.json', '', 'invalid-json', 'x.json: '],
  ['x.json', '[]', 'validation-error', 'x.json is not a command'],
])('%s with %s is refused as %s', (file, text, slug, detail) => {
  const failure = failureOf(file, text);
  expect(failure.slug).toBe(slug);
  expect(failure.message).toContain(detail);
});

test('each wrong member is named by its path', () => {
  const { slug, errors } = failureOf('x.json', { kind: 'browser', spec: {}, input: 7, retry: { max: -1 }, nope: 1 });
  expect(slug).toBe('validation-error');
  expect(Object.keys(errors ?? {})).toEqual(expect.arrayContaining(['input', 'retry.max']));
});

// Would catch: a replacement that breaks values which hold quotes, or changes names and shapes beside the address.
test('filling in the address of the demo site changes nothing but that text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes(DEMO_URL));
      expect(withDemoUrl({ value, at: `${DEMO_URL}/orders` }, 'http://127.0.0.1:1')).toEqual({
        value: JSON.parse(JSON.stringify(value)),
        at: 'http://127.0.0.1:1/orders',
      });
    }),
    { numRuns: 50 },
  );
});
