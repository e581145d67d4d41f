import { expect, test } from 'vitest';
import { z } from 'zod';
import { NO_DRAFT } from './drafts.ts';
import { fitting } from './fitting.ts';

// Catches a draft of an earlier panel that ends the screen which opens it.
test('edits that the form cannot show are left out, the others stay', () => {
  const shape = { name: z.string(), areas: z.array(z.string()) };
  const entry = { ...NO_DRAFT, edits: { name: 'Bot', areas: 'all', gone: 1 }, base: { name: '', areas: 'none' } };
  expect(fitting(shape, entry)).toMatchObject({ edits: { name: 'Bot' }, base: { name: '' } });
  expect(Object.keys(fitting(shape, entry).base)).toEqual(['name']);
  const whole = { ...NO_DRAFT, edits: { areas: ['host'] } };
  expect(fitting(shape, whole)).toBe(whole);
});
