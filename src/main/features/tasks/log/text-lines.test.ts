import { expect, test } from 'vitest';
import { createRedactor } from '../../../../contract/kernel/redact/redact.ts';
import { createTextLines } from './text-lines.ts';

/** The lines after each piece, and at the end. */
async function linesOf(pieces: readonly string[], secrets: string[] = []) {
  const lines: string[] = [];
  const seen: number[] = [];
  const text = createTextLines(createRedactor(secrets), async (line) => void lines.push(line));
  for (const piece of pieces) {
    await text.push(piece);
    seen.push(lines.length);
  }
  await text.end();
  return { lines, seen };
}

test('a line appears with its end, the last one at the end of the text', async () => {
  expect(await linesOf(['one', '\ntw', 'o\n', 'three'])).toEqual({
    lines: ['one', 'two', 'three'],
    seen: [0, 1, 2, 2],
  });
});

// Catches a paragraph that is only seen when it is complete, and one that is cut within a word.
test('a long paragraph appears while it is written, broken between words', async () => {
  const words = Array.from({ length: 200 }, (_, n) => `word${n} `);
  const { lines, seen } = await linesOf(words);
  expect(seen[100]).toBeGreaterThan(3);
  expect(lines.join(' ').trimEnd()).toBe(words.join('').trimEnd());
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(160);
});

// Catches a break that goes through a secret, of which neither half is found.
test('a secret is found wherever the text is broken', async () => {
  const secret = 'correct horse battery staple';
  for (let before = 120; before < 180; before++) {
    const text = `${'x '.repeat(before / 2)}${secret} and ${'so on '.repeat(100)}`;
    const { lines } = await linesOf([...text], [secret]);
    expect(lines.join(' ')).toContain('[redacted]');
    expect(lines.join(' ')).not.toMatch(/horse|battery/);
  }
});

test('text without spaces is broken too, and no character in two', async () => {
  const { lines } = await linesOf(Array.from({ length: 3000 }, (_, n) => (n === 0 ? 'x' : '\u{1F600}')));
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.every((line) => line.isWellFormed())).toBe(true);
});
