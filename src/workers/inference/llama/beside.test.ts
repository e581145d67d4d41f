import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateAsk, modelFolder, openEngine } from '../../../../tests/support/engine.ts';
import { MEDIUM } from '../../../../tests/support/models/llama-model.ts';

const small = modelFolder({ dim: 128, hidden: 256 });
const medium = modelFolder({ ...MEDIUM, dim: 512, hidden: 1536, heads: 8, kvHeads: 8, layers: 4 });
const engine = openEngine();
beforeAll(async () => {
  await engine.load(small.file, { model: 'small' });
  await engine.load(medium.file, { model: 'medium' });
}, 120_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  small[Symbol.dispose]();
  medium[Symbol.dispose]();
});

/** Tokens that a model writes until it has written so many or is stopped, and milliseconds each. */
async function pace(model: string, count: number, signal?: AbortSignal) {
  let tokens = 0;
  let begun = 0;
  const ask = generateAsk({ model, max_tokens: count });
  try {
    for await (const item of engine.client.stream(ask, { idleMs: 60_000, ...(signal ? { signal } : {}) })) {
      if (item.t === 'started') begun = performance.now();
      if (item.t === 'text') tokens += item.tokens;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
  return { tokens, each: (performance.now() - begun) / Math.max(1, tokens) };
}

// Catches models that take turns token by token: the small one is then as slow as the large one beside it.
test('a small model beside a large one keeps about half of its speed, and so does the large one', async () => {
  await pace('small', 40);
  const shares: { small: number; medium: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const [smallAlone, mediumAlone] = [await pace('small', 100), await pace('medium', 10)];
    const stop = new AbortController();
    const large = pace('medium', 400, stop.signal);
    const beside = await pace('small', 300);
    stop.abort();
    shares.push({ small: smallAlone.each / beside.each, medium: mediumAlone.each / (await large).each });
  }
  const best = (of: 'small' | 'medium') => Math.max(...shares.map((share) => share[of]));
  expect(best('small')).toBeGreaterThan(0.3);
  expect(best('medium')).toBeGreaterThan(0.3);
}, 120_000);
