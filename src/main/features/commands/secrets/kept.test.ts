import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import { keptSecrets, replaceSecrets, withoutReferences } from '../../../core/secrets/secret-refs.ts';
import { mergeInput } from '../merge.ts';
import { keepMasked } from './places.ts';

/** Calls every value a secret, at any depth, also one that holds others. */
const SCHEMA: JsonObject = {
  additionalProperties: { $ref: '#/$defs/any' },
  $defs: {
    any: {
      anyOf: [
        { type: 'string', format: 'password' },
        { type: 'object', additionalProperties: { $ref: '#/$defs/any' } },
        { type: 'array', items: { $ref: '#/$defs/any' } },
      ],
    },
  },
};

const NAMES = fc.constantFrom('a', 'b', '0', '1');
const trees = (leaf: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> => {
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.dictionary(NAMES, tie('tree'), { maxKeys: 3 }) as fc.Arbitrary<Json>,
      fc.array(tie('tree'), { maxLength: 3 }) as fc.Arbitrary<Json>,
    ),
  }));
  return fc.dictionary(NAMES, tree, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
};
const earlierInputs = trees(fc.constantFrom<Json>({ $secret: 'sec_1' }, 'plain'));
const givenInputs = trees(fc.constantFrom<Json>(MASK, 'typed', null, { $secret: 'sec_1' }));

// Catches a shape of the new input in which a secret of the earlier run stays and goes wherever the new input sends it, unseen by what has to forbid it.
test('whatever secret is in the merged input was found beforehand', async () => {
  await fc.assert(
    fc.asyncProperty(earlierInputs, givenInputs, async (earlier, given) => {
      const open = await replaceSecrets(earlier, async () => 'tiger-lily');
      const merged = mergeInput(open, keepMasked(SCHEMA, open, withoutReferences(given)));
      if (JSON.stringify(merged).includes('tiger-lily')) expect(keptSecrets(earlier, given)).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
