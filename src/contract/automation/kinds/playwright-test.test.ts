import { describe, expect, test } from 'vitest';
import { PlaywrightTestSpec, testArguments } from './playwright-test.ts';

const spec = (members: object = {}) => PlaywrightTestSpec.parse(members);
/** Paths of what is wrong with a spec. */
const wrong = (members: object) => {
  const parsed = PlaywrightTestSpec.safeParse(members);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
};
const PLACES = { reporter: '/r/reporter.cjs', config: '/c/my config.mjs', output: '/o' };
const argv = (members: object, hasProfile = false) => testArguments(spec(members), hasProfile, PLACES);
/** What every run of a file has before and after its own arguments. */
const HEAD = ['test', `--config=${PLACES.config}`, `--reporter=${PLACES.reporter},html`, `--output=${PLACES.output}`];

describe('a spec of Playwright tests', () => {
  // Would catch: a default that changes how stored commands run, a headed browser on a server, tests without a trace of their failure.
  test('that says nothing is an empty file that leaves evidence of failures', () => {
    expect(spec()).toEqual({
      ...{ kind: 'playwright_test', script: '', language: 'typescript', folder: null, files: [], grep: null },
      ...{ projects: [], workers: null, retries: null, test_timeout_ms: null, max_failures: 0, env: {} },
      ...{ headless: true, trace: 'on_failure', screenshot: 'on_failure' },
    });
  });

  // Would catch: a bound that is off by one, a member without bounds that a runner or 32 bits cannot hold, a fraction of a worker.
  test.each([
    ['workers', 1, 16],
    ['retries', 0, 10],
    ['test_timeout_ms', 0, 3_600_000],
    ['max_failures', 0, 10_000],
  ])('has a whole number of %s from %d to %d', (name, least, most) => {
    for (const value of [least, most]) expect(wrong({ [name]: value })).toEqual([]);
    for (const value of [least - 1, most + 1, most - 0.5, String(least)])
      expect(wrong({ [name]: value })).toEqual([name]);
  });

  // Would catch: a folder that is relative to wherever the host was started, one of Windows that is refused, a NUL that ends a path early.
  test('names its folder by an absolute path of any system', () => {
    for (const folder of ['/home/ann/shop', '/', 'C:\\shop', 'd:/shop', '\\\\server\\share', null]) {
      expect(wrong({ folder }), String(folder)).toEqual([]);
    }
    for (const folder of ['', 'shop', './shop', '~/shop', 'C:shop', '/a\0b', `/${'x'.repeat(4096)}`, 7]) {
      expect(wrong({ folder }), String(folder)).toEqual(['folder']);
    }
  });

  // Would catch: a file that Playwright takes for an option, and so a configuration or a program that nobody has allowed.
  test('has no files that are options, and no odd names of variables', () => {
    for (const file of ['--config=/tmp/x.js', '-c', '\0a', ''])
      expect(wrong({ files: ['a', file] })).toEqual(['files.1']);
    expect(wrong({ files: ['cart.spec.ts:12', 'shop/'] })).toEqual([]);
    for (const name of ['A B', '1A', 'A=B', '', 'Ä']) expect(wrong({ env: { [name]: 'x' } })).toEqual([`env.${name}`]);
    expect(wrong({ env: { _a1: '' }, grep: '@smoke|cart (big)' })).toEqual([]);
    expect(wrong({ grep: '' })).toEqual(['grep']);
    expect(wrong({ trace: 'always' })).toEqual(['trace']);
    expect(wrong({ unknown: 1 })).toEqual(['']);
  });
});

describe('arguments of a run', () => {
  const TAIL = ['--trace=retain-on-failure', '--update-snapshots=none'];

  // Would catch: a run of one file that starts many workers, snapshots that are written, an own reporter that replaces that of the task.
  test('of a file are one worker and the product’s own configuration', () => {
    expect(argv({})).toEqual([...HEAD, '--workers=1', ...TAIL]);
  });

  // Would catch: parts of a folder that also choose in a file, where they find nothing.
  test('of a file leave out files and projects of a folder', () => {
    expect(argv({ files: ['cart'], projects: ['small'] })).toEqual(argv({}));
  });

  // Would catch: a number of workers that replaces that of the configuration, files behind the options that end them, a project that is lost.
  test('of a folder begin with its files and leave workers to its configuration', () => {
    expect(argv({ folder: '/shop', files: ['cart', 'a b.spec.ts'], projects: ['small', 'à la carte'] })).toEqual([
      ...['test', 'cart', 'a b.spec.ts', ...HEAD.slice(1)],
      ...[...TAIL, '--project=small', '--project=à la carte'],
    ]);
  });

  // Would catch: two tests in one profile at the same time, which no browser can open twice.
  test('in a profile are one worker, whatever the spec or the folder says', () => {
    for (const members of [{}, { workers: 8 }, { folder: '/shop' }, { folder: '/shop', workers: 8 }]) {
      expect(argv(members, true).filter((arg) => arg.startsWith('--workers'))).toEqual(['--workers=1']);
    }
    expect(argv({ folder: '/shop', workers: 8 })).toContain('--workers=8');
    expect(argv({ workers: 3 })).toContain('--workers=3');
  });

  // Would catch: a zero that is taken for nothing, so that a configuration repeats or ends tests that the command says it must not.
  test('say a zero where it means something, and none where it is the default', () => {
    expect(argv({ retries: 0, test_timeout_ms: 0, max_failures: 0 })).toEqual([
      ...[...HEAD, '--workers=1', '--retries=0', '--timeout=0'],
      ...TAIL,
    ]);
    expect(argv({ retries: 2, test_timeout_ms: 500, max_failures: 3, grep: 'a' })).toEqual([
      ...[...HEAD, '--workers=1', '--retries=2', '--timeout=500', ...TAIL],
      ...['--max-failures=3', '--grep=a'],
    ]);
  });

  // Would catch: a title with a quote, a blank or a dash that is split, escaped or taken for an option: no shell reads these arguments.
  test.each([
    '--headed',
    'two words',
    '"quoted"',
    "it's $HOME `x`",
    'a|b',
    '\\d+',
  ])('keep %j as one argument', (text) => {
    expect(argv({ grep: text }).at(-1)).toBe(`--grep=${text}`);
    expect(argv({ folder: '/shop', projects: [text] }).at(-1)).toBe(`--project=${text}`);
  });

  // Would catch: a name of the contract that is handed to Playwright, which knows other ones.
  test.each([
    ['on', 'on'],
    ['on_failure', 'retain-on-failure'],
    ['off', 'off'],
  ])('say a trace %s in the words of Playwright', (trace, word) => {
    expect(argv({ trace }).filter((arg) => arg.startsWith('--trace'))).toEqual([`--trace=${word}`]);
  });
});
