import { expect, test } from 'vitest';
import { refOf, splitRef } from './reference.ts';

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
