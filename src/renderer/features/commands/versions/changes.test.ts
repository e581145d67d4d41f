import { expect, test } from 'vitest';
import { changesOf, summaryOf } from './changes.ts';

const TITLES = { script: 'Script', headless: 'Headless' };

// Catches raw member names and JSON where a sentence would do.
test('short values are told in words, by the titles of the form', () => {
  const spoken = changesOf(
    [
      { path: 'name', from: 'Old', to: 'New' },
      { path: 'timeout_seconds', from: 600, to: 30 },
      { path: 'retry', from: { max: 0, backoff_seconds: 5, factor: 2 }, to: { max: 3, backoff_seconds: 5, factor: 2 } },
      { path: 'spec', from: { headless: true, script: 'a' }, to: { headless: false, script: 'a' } },
      { path: 'folder', from: null, to: 'Shops' },
      { path: 'tags', from: [], to: ['a', 'b'] },
    ],
    TITLES,
  ).map(({ title, from, to, isText }) => `${title}: ${from} → ${to}${isText ? ' (text)' : ''}`);
  expect(spoken).toEqual([
    'Name: “Old” → “New”',
    'Timeout (s): 600 → 30',
    'Retries: 0 → 3',
    'Headless: on → off',
    'Folder: none → “Shops”',
    'Tags: none → “a”, “b”',
  ]);
});

// Catches a script in one line of a sentence, and a schema that is compared as a whole.
test('scripts and schemas are compared as texts', () => {
  const changes = changesOf(
    [
      { path: 'spec', from: { script: 'one\ntwo' }, to: { script: 'one\nthree' } },
      { path: 'input_schema', from: {}, to: { type: 'object', properties: { who: { type: 'string', title: 'Who' } } } },
    ],
    TITLES,
  );
  expect(changes.map(({ path, title, isText, isJson }) => [path, title, isText, isJson])).toEqual([
    ['spec.script', 'Script', true, false],
    ['input_schema', 'Input schema', true, true],
  ]);
  expect(changes[0]).toMatchObject({ from: 'one\ntwo', to: 'one\nthree' });
  expect(changes[1]?.to).toContain('\n');
});

// Catches a version that was saved without a difference and reads as if the command were made twice.
test('only the first version is said to be created', () => {
  expect(summaryOf(1, [])).toBe('Created');
  expect(summaryOf(4, [])).toBe('No visible changes');
  expect(summaryOf(9, [{ title: 'Name' }], 8)).toBe('Restored from version 8: Name');
  expect(summaryOf(9, [], 8)).toBe('Restored from version 8');
  expect(summaryOf(4, [{ title: 'Name' }, { title: 'Script' }])).toBe('Name, Script');
});
