import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { errorText, fieldText, fieldTexts } from './field-words.ts';

// Catches an operator who reads “Field 'input.s': s is required” below a field called “Seconds”.
test.each([
  ['input.url', 'url is required', { 'input.url': 'Address' }, 'Address is required'],
  ['timeout_seconds', 'timeout_seconds must be at least 1, got 0', {}, 'Timeout seconds must be at least 1, got 0'],
  ['retry.max', 'retry.max must be integer', { 'retry.max': 'Retries' }, 'Retries must be integer'],
  ['input.colour', 'must be one of red, blue', { 'input.colour': 'Colour' }, 'Colour must be one of red, blue'],
  ['input.x', 'unknown field', {}, 'X is not a known field'],
  ['spec.argv.0', 'spec.argv.0 cannot be empty', {}, 'Argv 1 cannot be empty'],
  ['name', 'Array cannot be empty', {}, 'Array cannot be empty'],
])('%s: %s is said with the name of the field', (path, message, titles, text) => {
  expect(fieldText(path, message, titles)).toBe(text);
});

test('an error without fields says its detail, one with several says how many', () => {
  expect(errorText(new AppError('conflict', 'In use.'))).toBe('In use.');
  const errors = { 'input.a': 'a is required', 'input.b': 'b is required' };
  const error = new AppError('validation-error', "Field 'input.a': a is required (and 1 more)", { errors });
  expect(errorText(error, { 'input.a': 'Alpha' })).toBe('Alpha is required (and 1 more)');
});

// Catches a message that a form cannot place because its path is written in another way.
test('paths of JSON Pointers are as forms name their fields', () => {
  expect(
    fieldTexts({ '/input/url': 'is required', 'input.colour': 'is required' }, { 'input.url': 'Address' }),
  ).toEqual({
    'input.url': 'Address is required',
    'input.colour': 'Colour is required',
  });
});
