import { describe, expect, it } from 'vitest';
import { Harness } from '../executor.harness.ts';

describe('scripts that cannot run', () => {
  it.each([
    [
      'a syntax error in TypeScript',
      'const a: number = 1;\nexport default async () => {\n  const b = ;\n};\n',
      'typescript',
      { line: 3, column: 13 },
    ],
    [
      'a syntax error in JavaScript',
      'const a = 1;\nexport default async () => {\n  foo bar;\n};\n',
      'javascript',
      { line: 3, column: 7 },
    ],
    [
      'a name declared twice',
      'let a = 1;\nlet a = 2;\nexport default () => a;\n',
      'typescript',
      { line: 2, column: 5 },
    ],
    ['an enum', 'enum Colour { Red }\nexport default () => Colour.Red;\n', 'typescript', { line: 1, column: 1 }],
    ['no default export', 'export const run = () => 1;\n', 'typescript', {}],
    ['an unknown package', "import x from 'left-pad';\nexport default () => x;\n", 'typescript', {}],
    ['an unknown export', "import { nope } from 'node:fs';\nexport default () => nope;\n", 'typescript', { line: 1 }],
  ])('%s is script-invalid, with its place, and never retried', async (_, script, language, position) => {
    await using executor = new Harness();
    executor.run({ kind: 'browser', script, language });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      retryable: false,
      error: { code: 'script_invalid', ...position },
    });
    expect(JSON.stringify(executor.messages)).not.toContain(executor.dir);
  });

  it('a throw at the top level is an error of the script, with its line', async () => {
    await using executor = new Harness();
    executor.run({
      kind: 'browser',
      script: 'const x: number = 1;\nthrow new Error("top");\nexport default () => x;\n',
    });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      error: { code: 'script_error', line: 2, detail: 'top' },
    });
  });

  it('no browser is told as such', async () => {
    await using executor = new Harness();
    executor.run(
      { kind: 'browser', script: 'export default () => 1' },
      { browser: { executable: '/no/such/browser' } },
    );
    expect(await executor.finish()).toMatchObject({
      ok: false,
      retryable: false,
      error: { code: 'browser_not_found' },
    });
  });
});
