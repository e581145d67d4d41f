import { expect, test } from 'vitest';
import { listOf, parseSearch, stringifySearch, toggled } from './search-params.ts';

test('filters survive the way through the address', () => {
  const search = { status: 'failed,timed_out', q: 'a&b = ü?', sort: '-created_at' };
  const text = stringifySearch(search);
  expect(text).toContain('status=failed,timed_out');
  expect(parseSearch(text)).toEqual(search);
  expect(stringifySearch({ q: '', status: undefined })).toBe('');
});

test('values that the host would refuse are dropped from the address instead of failing the list', () => {
  expect(listOf('failed,nonsense,failed', ['failed', 'dead'])).toEqual(['failed']);
  expect(listOf('nonsense', ['failed'])).toBeUndefined();
  expect(listOf(undefined, ['failed'])).toBeUndefined();
});

test('a chip switches its value on and off', () => {
  expect(toggled(undefined, 'a')).toBe('a');
  expect(toggled('a,b', 'a')).toBe('b');
  expect(toggled('b', 'b')).toBeUndefined();
});
