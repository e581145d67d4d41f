import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../contract/kernel/scalars.ts';
import { MASK } from '../../../contract/kernel/text/mask.ts';
import {
  keptSecrets,
  masked,
  replaceSecrets,
  sealLike,
  secretIds,
  secretText,
  withoutReferences,
} from './secret-refs.ts';

/** Any stored input: JSON with references at some places. */
const stored = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<Json>,
    fc.string().map((id): Json => ({ $secret: id })),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }).map((entries) => ({ ...entries, plain: 1 })),
})).object;

// Would catch: a place in which a reference is not seen, so that its id, or the value behind it, gets out.
test('no reference is left in an answer, and each is found exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(stored, async (input) => {
      const opened: string[] = [];
      const plain = await replaceSecrets(input, async (id) => {
        opened.push(id);
        return MASK;
      });
      expect(opened.sort()).toEqual(secretIds(input).sort());
      expect(plain).toEqual(masked(input));
      expect(secretIds(masked(input))).toEqual([]);
    }),
  );
});

test('what a caller writes in the form of a reference is thrown away, everything else stays', () => {
  fc.assert(
    fc.property(stored, (input) => {
      expect(secretIds(withoutReferences(input))).toEqual([]);
      const nulled = JSON.parse(JSON.stringify(masked(input)).replaceAll(JSON.stringify(MASK), 'null'));
      fc.pre(!JSON.stringify(input).includes(MASK));
      // JSON has no zero below zero.
      expect(JSON.parse(JSON.stringify(withoutReferences(input)))).toEqual(nulled);
    }),
  );
});

test.each<[Json, boolean]>([
  [{ $secret: 'sec_1' }, true],
  [{ $secret: '' }, true],
  [{ $secret: 7 }, false],
  [{ $secret: null }, false],
  [{ $secret: 'sec_1', more: 1 }, false],
  [[{ $secret: 'sec_1' }], true],
  ['$secret', false],
])('%j holds a reference: %s', (value, holds) => {
  expect(secretIds(value).length > 0).toBe(holds);
});

// Would catch: a retry of a task whose secret input is stored in plain text, since no schema calls it a secret any more.
test('a value takes the seal of the value at its place, at any depth; an empty one and a sealed one do not', async () => {
  const like: JsonObject = { a: { $secret: 's1' }, b: [{ $secret: 's2' }, { c: { $secret: 's3' } }], d: 'plain' };
  const sealed: Json[] = [];
  const seal = async (value: Json): Promise<Json> => {
    sealed.push(value);
    return { $secret: secretText(value, 'input') };
  };
  const input: JsonObject = { a: 'new', b: ['x', { c: { deep: 1 } }, 'more'], d: 'plain', e: 'other' };
  expect(await sealLike(like, input, seal)).toEqual({
    a: { $secret: 'new' },
    b: [{ $secret: 'x' }, { c: { $secret: '{"deep":1}' } }, 'more'],
    d: 'plain',
    e: 'other',
  });
  expect(sealed).toEqual(['new', 'x', { deep: 1 }]);
  expect(await sealLike(like, { a: null, b: [{ $secret: 'kept' }] }, seal)).toEqual({
    a: null,
    b: [{ $secret: 'kept' }],
  });
});

// Would catch: a mask to which somebody typed more, sealed and sent to a site as the password.
test.each<Json>([
  `${MASK}abc`,
  `abc${MASK}`,
  MASK,
  { deep: [MASK] },
])('%j is no secret: it has the mask of one in it', (value) => {
  expect(() => secretText(value, 'input.password')).toThrow(/dots .* stand for a stored secret/);
  expect(secretText('•••', 'input.password')).toBe('•••');
});

// Would catch: a secret that stays unseen where the new input has another shape.
test('secrets that stay are found by a mask at their place, in whatever holds it', () => {
  const ref = { $secret: 'sec_1' };
  const earlier = { token: ref, more: { pin: ref }, list: [ref, 'x'] };
  const all = ['token', 'more.pin', 'list.0'];
  expect(keptSecrets(earlier, {})).toEqual(all);
  expect(keptSecrets(earlier, { token: MASK, more: {}, list: [MASK] })).toEqual(all);
  expect(keptSecrets(earlier, { token: 'a', more: { pin: 'b' }, list: [] })).toEqual([]);
  expect(keptSecrets(earlier, { token: 'a', more: 1, list: { 0: MASK } })).toEqual(['list.0']);
  expect(keptSecrets(earlier, { token: 'a', more: null, list: 'x' })).toEqual([]);
  expect(keptSecrets(earlier, { token: 'a', more: MASK, list: MASK })).toEqual(['more.pin', 'list.0']);
});
