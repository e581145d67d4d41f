import { describe, expect, test } from 'vitest';
import { suppression, writeGreedily } from './greedy.ts';

const END = 0;
/** A decoder that likes the tokens of a list best, one after the other, and token 9 second best. */
function writer(tokens: readonly number[], onStep: (steps: number) => void = () => undefined) {
  let steps = 0;
  const step = async () => {
    const logits = new Float32Array(10);
    logits[tokens[steps] ?? END] = 2;
    logits[9] = 1;
    steps += 1;
    onStep(steps);
    return logits;
  };
  return { steps: () => steps, writing: { step, dispose: () => undefined } };
}
const plan = (changes: Partial<Parameters<typeof writeGreedily>[1]> = {}) => ({
  ...{ prompt: [1], ends: new Set([END]), maxLength: 20, adjust: () => undefined },
  signal: new AbortController().signal,
  ...changes,
});

test('the likeliest token is written until the model ends its text, or the length does', async () => {
  const { writing } = writer([3, 4, 5]);
  expect(await writeGreedily(writing, plan())).toEqual({ tokens: [3, 4, 5], truncated: false });
  expect(await writeGreedily(writer([3, 4, 5]).writing, plan({ maxLength: 3 }))).toEqual({
    tokens: [3, 4],
    truncated: true,
  });
});

// Catches a cancelled text that is written to its end.
test('a cancel ends the text before its next token', async () => {
  const controller = new AbortController();
  const { writing, steps } = writer([3, 4, 5, 6, 7, 8], (count) => count === 2 && controller.abort());
  await expect(writeGreedily(writing, plan({ signal: controller.signal }))).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(steps()).toBe(2);
});

test('a cancel in the last token that fits is one', async () => {
  const controller = new AbortController();
  const { writing } = writer([3, 4], (count) => count === 2 && controller.abort());
  await expect(writeGreedily(writing, plan({ signal: controller.signal, maxLength: 3 }))).rejects.toThrow();
});

describe('suppressed tokens', () => {
  // Catches tokens that are kept out of the whole text, or let in at its beginning.
  test('of the beginning are written later, others never', async () => {
    const write = (never: number[], notFirst: number[]) =>
      writeGreedily(writer([3, 3, 4]).writing, plan({ adjust: suppression(never, notFirst) }));
    expect((await write([], [3])).tokens).toEqual([9, 3, 4]);
    expect((await write([3], [])).tokens).toEqual([9, 9, 4]);
    expect((await write([4], [3, 9])).tokens).not.toContain(4);
  });

  test('beyond the vocabulary change nothing', async () => {
    const adjust = suppression([10, 4000], [99]);
    expect((await writeGreedily(writer([3]).writing, plan({ adjust }))).tokens).toEqual([3]);
  });
});
