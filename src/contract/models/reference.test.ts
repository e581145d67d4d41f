import { expect, test } from 'vitest';
import { defaultOf, refOf, splitRef } from './reference.ts';

test.each([
  ['owner/repo', 'owner/repo', null],
  ['owner/repo:Q8_0', 'owner/repo', 'Q8_0'],
  ['repo:Q8_0', 'repo', 'Q8_0'],
  ['ow:ner/repo', 'ow:ner/repo', null],
  ['owner/repo:', 'owner/repo', ''],
])('%s is the repo %s and the quantization %s', (ref, repo, variant) => {
  expect(splitRef(ref)).toEqual({ repo, variant });
  expect(refOf(splitRef(ref))).toBe(ref);
});

const model = (repo: string, selected = false) => ({ repo, variant: null, selected });
const none = () => false;

// Catches a default that is now this model, now that, because it is only the first of several; after a restart nothing is loaded.
test('the default is told with its reason, and none of several is taken by chance', () => {
  const [a, b] = [model('o/a'), model('o/b')];
  expect(defaultOf([a], none)).toEqual({ model: a, because: 'only-installed' });
  expect(defaultOf([a, b], (one) => one === b)).toEqual({ model: b, because: 'only-loaded' });
  expect(defaultOf([a, b], none)).toBeUndefined();
  expect(defaultOf([a, b], () => true)).toBeUndefined();
  const chosen = model('o/c', true);
  for (const isLoaded of [none, (one: typeof a) => one === b])
    expect(defaultOf([a, b, chosen], isLoaded)).toEqual({ model: chosen, because: 'selected' });
});
