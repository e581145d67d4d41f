import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf } from './blocks.ts';
import { tame, tameMarks } from './tame.ts';

// Would catch: a server's answer of one letter with 100 000 accents, for which a browser computes for minutes.
test('of many combining marks on one character eight stay, and no script loses any', () => {
  expect(tameMarks(`a${'\u0301'.repeat(100_000)}b`)).toBe(`a${'\u0301'.repeat(8)}b`);
  expect(tameMarks(`a${'\u0301\u200c'.repeat(100_000)}`)).toHaveLength(9);
  for (const text of ['שָׁלוֹם', 'नमस्ते', 'ཨོཾ་མ་ཎི', '👩‍👩‍👧‍👦', 'é']) expect(tameMarks(text)).toBe(text);
  expect(tame('abcdef', 3)).toBe('abc…');
  expect(tame('ab😀', 3)).toBe('ab\ufffd…');
});

// Would catch: characters that are lost or doubled at the edge of a block, a block of any length, an emoji cut in two.
test('blocks are the text, bounded, cut at lines where there are some and never inside of a character', () => {
  const part = fc.constantFrom(
    'a',
    '\n',
    '😀',
    'e\u0301',
    ' ',
    'x'.repeat(1_000),
    '\n'.repeat(3_000),
    '😀'.repeat(900),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      const text = parts.join('');
      const blocks = blocksOf(text);
      for (const block of blocks) {
        expect(block.text.length).toBeLessThanOrEqual(4_096);
        expect(block.text.isWellFormed()).toBe(true);
        expect(block.lines).toBe(block.text.split('\n').length);
      }
      expect(
        blocks
          .map((block) => block.text)
          .join('')
          .replaceAll('\n', ''),
      ).toBe(text.replaceAll('\n', ''));
      expect(blocks.length).toBeLessThanOrEqual(1 + text.length / 1_000);
    }),
  );
});
