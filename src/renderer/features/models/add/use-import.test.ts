import { expect, test } from 'vitest';
import { addedText } from './use-import.ts';

const model = (id: string) => ({ id, name: `Model ${id}` }) as never;

// Catches a model that “was added” a second time, though there is one of it only.
test('only what was not there was added', () => {
  const known = new Set(['a', 'b']);
  expect(addedText([model('new')], known)).toBe('Model new was added');
  expect(addedText([model('a')], known)).toBe('Model a is already there');
  expect(addedText([model('a'), model('b')], known)).toBe('All 2 models are already there');
  expect(addedText([model('a'), model('c')], known)).toBe('1 model was added, 1 is already there');
  expect(addedText([model('c'), model('d')], known)).toBe('2 models were added');
});
