import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueText } from './issue-text.ts';

// Would catch: a form that shows the schema library's own words, such as "Too small: expected number to be >=1".
test.each<[z.ZodType, unknown, string]>([
  [z.int().min(1), 0, 'Must be at least 1'],
  [z.number().positive(), 0, 'Must be greater than 0'],
  [z.number().max(9), 10, 'Must be at most 9'],
  [z.int(), 1.5, 'Must be a whole number'],
  [z.number(), 'x', 'Must be a number'],
  [z.string(), 1, 'Must be a text'],
  [z.string(), undefined, 'Is required'],
  [z.string().min(1), '', 'Cannot be empty'],
  [z.string().min(3), 'ab', 'Must be at least 3 characters long'],
  [z.array(z.int()).max(1), [1, 2], 'Must have at most 1 item'],
  [z.enum(['a', 'b']), 'c', 'Must be one of a, b'],
  [z.strictObject({}), { nope: 1 }, 'Has unknown fields: nope'],
  [z.url(), 'nowhere', 'Must be an address such as https://example.com'],
  [z.union([z.int(), z.boolean()]), 'x', 'Has a wrong value'],
  [z.string().regex(/a/, 'must have an a'), 'b', 'must have an a'],
])('%o', (schema, value, text) => {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  expect(issue && issueText(issue)).toBe(text);
});
