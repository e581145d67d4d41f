import { expect, test } from 'vitest';
import { z } from 'zod';
import { call } from '../../../contract/kernel/define.ts';
import { collectHandlers } from './handlers.ts';

const operation = call(z.object({}), z.object({}), {
  row: '-',
  summary: '',
  tags: [],
  scope: 'read',
  area: 'any',
  http: null,
});
const contract = { a: operation, b: operation };
const answer = () => ({});

test('the one handler of each operation is found', () => {
  const handlers = collectHandlers(contract, [
    { feature: 'first', handlers: { a: answer } },
    { feature: 'second', handlers: { b: answer } },
  ]);
  expect([...handlers]).toEqual([
    ['a', answer],
    ['b', answer],
  ]);
});

// Object spread would let the later feature win without a word.
test('two features that answer the same operation are both named', () => {
  const sets = [
    { feature: 'tasks', handlers: { a: answer, b: answer } },
    { feature: 'doors', handlers: { b: answer } },
  ];
  expect(() => collectHandlers(contract, sets)).toThrow('b is answered by tasks and by doors');
});

test('a missing handler and a handler without operation are told in one message', () => {
  const sets = [{ feature: 'tasks', handlers: { a: answer, c: answer } }];
  expect(() => collectHandlers(contract, sets)).toThrow(
    /tasks answers c, which is no operation; operations without handler: b/,
  );
});
