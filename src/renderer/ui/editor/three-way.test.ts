import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeTexts, type Piece } from './three-way.ts';

/** The text, or null where something has to be decided. */
const merged = (pieces: readonly Piece[]): string | null =>
  pieces.every((piece) => 'lines' in piece) ? pieces.flatMap(({ lines }) => lines).join('\n') : null;

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

describe('two texts that began as one', () => {
  // Catches a merge that drops the work of one when both have changed different lines.
  test.each([
    ['a line of mine, one appended by them', 'one\ntwo\n', 'ONE\ntwo\n', 'one\ntwo\nthree\n', 'ONE\ntwo\nthree\n'],
    ['the only line, one appended without a line end', 'one', 'ONE', 'one\ntwo', 'ONE\ntwo'],
    ['lines beside each other', 'a\nb\nc', 'A\nb\nc', 'a\nB\nc', 'A\nB\nc'],
    ['one removes, the other appends', 'a\nb\nc\n', 'b\nc\n', 'a\nb\nc\nd\n', 'b\nc\nd\n'],
    ['both the same', 'a\nb\n', 'a\nB\n', 'a\nB\n', 'a\nB\n'],
    ['both append the same', 'a\n', 'a\nb\n', 'a\nb\n', 'a\nb\n'],
  ])('%s', (_what, base, mine, theirs, both) => {
    expect(merged(mergeTexts(base, mine, theirs))).toBe(both);
    expect(merged(mergeTexts(base, theirs, mine))).toBe(both);
  });

  // Catches a merge that chooses by itself where both have changed the same.
  test.each([
    ['the same line', 'a\nb\nc', 'a\nmine\nc', 'a\ntheirs\nc', [{ base: ['b'], mine: ['mine'], theirs: ['theirs'] }]],
    ['lines at the same place', 'a\n', 'a\nmine\n', 'a\ntheirs\n', [{ base: [], mine: ['mine'], theirs: ['theirs'] }]],
    ['a line that the other removes', 'a\nb\nc', 'a\nB\nc', 'a\nc', [{ base: ['b'], mine: ['B'], theirs: [] }]],
  ])('%s has to be decided', (_what, base, mine, theirs, decided) => {
    expect(mergeTexts(base, mine, theirs).filter((piece) => !('lines' in piece))).toEqual(decided);
  });

  // Catches a line that is lost, doubled or moved by a merge.
  test('are each whole in their merge, and a text without changes takes the other', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        expect(merged(mergeTexts(base, mine, base))).toBe(mine);
        expect(merged(mergeTexts(base, base, theirs))).toBe(theirs);
        expect(merged(mergeTexts(base, mine, mine))).toBe(mine);
        const pieces = mergeTexts(base, mine, theirs);
        const decided = pieces.some((piece) => !('lines' in piece));
        if (!decided) expect(merged(mergeTexts(base, theirs, mine))).toBe(merged(pieces));
        // What is to be decided is not made up: both sides of it stand in their texts.
        for (const piece of pieces)
          if (!('lines' in piece)) {
            expect(`\n${mine}\n`).toContain(`\n${[...piece.mine, ''].join('\n')}`);
            expect(`\n${theirs}\n`).toContain(`\n${[...piece.theirs, ''].join('\n')}`);
          }
      }),
    );
  });
});
