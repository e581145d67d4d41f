/** Which token comes next. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sampling } from '../../../contract/models/engine.ts';
import { createSampler, tokenLogprob } from './sampling.ts';

const GREEDY: Sampling = {
  ...{ temperature: 0, top_p: 1, top_k: 0, min_p: 0, seed: 1, logit_bias: [] },
  ...{ repetition_penalty: 1, frequency_penalty: 0, presence_penalty: 0 },
};
const next = (changes: Partial<Sampling>, logits: number[], written: number[] = []) =>
  createSampler({ ...GREEDY, ...changes }).next(Float32Array.from(logits), written);

/** Tokens that were drawn, with their share. */
function shares(changes: Partial<Sampling>, logits: number[], draws = 2000): Map<number, number> {
  const sampler = createSampler({ ...GREEDY, temperature: 1, ...changes });
  const counts = new Map<number, number>();
  for (let draw = 0; draw < draws; draw++) {
    const token = sampler.next(Float32Array.from(logits), []);
    counts.set(token, (counts.get(token) ?? 0) + 1 / draws);
  }
  return counts;
}
const drawn = (changes: Partial<Sampling>, logits: number[]) => [...shares(changes, logits).keys()].sort();

test('a temperature of nought takes the likeliest, and of two equal ones the first', () => {
  expect([next({}, [0, 3, 2]), next({}, [1, 1, 0]), next({}, [-5, -9])]).toEqual([1, 0, 0]);
});

describe('a draw', () => {
  test('follows the probabilities', () => {
    const found = shares({}, [Math.log(0.7), Math.log(0.2), Math.log(0.1)]);
    expect(found.get(0)).toBeCloseTo(0.7, 1);
    expect(found.get(1)).toBeCloseTo(0.2, 1);
    expect(found.get(2)).toBeCloseTo(0.1, 1);
  });

  test('is evened out by a high temperature and sharpened by a low one', () => {
    const logits = [2, 0];
    const [low, high] = [shares({ temperature: 0.2 }, logits), shares({ temperature: 2 }, logits)];
    expect(low.get(1) ?? 0).toBeLessThan(0.01);
    expect(high.get(1) ?? 0).toBeGreaterThan(0.2);
  });

  // Catches a seed that has no effect, so that no answer can be had again.
  test('is the same again with the same seed, and another with another', () => {
    const logits = [0, 0, 0, 0, 0, 0, 0, 0];
    const run = (seed: number) => {
      const sampler = createSampler({ ...GREEDY, temperature: 1, seed });
      return Array.from({ length: 12 }, () => sampler.next(Float32Array.from(logits), []));
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });
});

describe('what may be drawn', () => {
  const LOGITS = [Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05)];

  test('is the likeliest few with top_k; nought is off', () => {
    expect(drawn({ top_k: 2 }, LOGITS)).toEqual([0, 1]);
    expect(drawn({ top_k: 0 }, LOGITS)).toEqual([0, 1, 2, 3]);
    expect(drawn({ top_k: 99 }, LOGITS)).toEqual([0, 1, 2, 3]);
  });

  test('is as many as make up top_p, the last of them whole', () => {
    expect(drawn({ top_p: 0.49 }, LOGITS)).toEqual([0]);
    expect(drawn({ top_p: 0.51 }, LOGITS)).toEqual([0, 1]);
    expect(drawn({ top_p: 0 }, LOGITS)).toEqual([0]);
  });

  test('is what is not too unlikely beside the likeliest with min_p', () => {
    expect(drawn({ min_p: 0.5 }, LOGITS)).toEqual([0, 1]);
    expect(drawn({ min_p: 1 }, LOGITS)).toEqual([0]);
  });

  // Catches filters that leave nothing, so that the engine answers with no token at all.
  test('is never nothing', () => {
    const sampling = fc.record({
      top_p: fc.double({ min: 0, max: 1, noNaN: true }),
      top_k: fc.integer({ min: 0, max: 5 }),
      min_p: fc.double({ min: 0, max: 1, noNaN: true }),
      temperature: fc.double({ min: 0.01, max: 2, noNaN: true }),
    });
    const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sampling, logits, (changes, values) => {
        const token = next(changes, values);
        expect(Number.isInteger(token) && token >= 0 && token < values.length).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what was written', () => {
  test('is less likely again, above and below nought', () => {
    expect(next({ repetition_penalty: 2 }, [3, 2], [0])).toBe(1);
    // Dividing what is below nought would make it likelier.
    expect(next({ repetition_penalty: 2 }, [-1, -1.5], [0])).toBe(1);
    expect(next({ repetition_penalty: 2 }, [3, 2], [1])).toBe(0);
  });

  test('counts each time for the frequency and once for the presence', () => {
    expect(next({ frequency_penalty: 0.4 }, [2, 1], [0])).toBe(0);
    expect(next({ frequency_penalty: 0.4 }, [2, 1], [0, 0, 0])).toBe(1);
    expect(next({ presence_penalty: 0.4 }, [2, 1], [0, 0, 0])).toBe(0);
    expect(next({ presence_penalty: 1.5 }, [2, 1], [0])).toBe(1);
  });

  test('is looked back on for a while only', () => {
    const long = [0, ...Array.from({ length: 256 }, () => 2)];
    expect(next({ presence_penalty: 1.5 }, [2, 1, 0], long)).toBe(0);
  });
});

test('a bias is added to its token, and one of no token is left alone', () => {
  expect(next({ logit_bias: [[1, 5]] }, [2, 0, 1])).toBe(1);
  expect(next({ logit_bias: [[0, -100]] }, [2, 0, 1])).toBe(2);
  expect(next({ logit_bias: [[99, 100]] }, [2, 0, 1])).toBe(0);
});

describe('logarithms of probabilities', () => {
  test('are those of the whole, the likeliest first', () => {
    const sampler = createSampler(GREEDY);
    sampler.next(Float32Array.from([Math.log(0.2), Math.log(0.5), Math.log(0.3)]), []);
    const { chosen, likeliest } = sampler.logprobs(2);
    expect(Math.exp(chosen)).toBeCloseTo(0.5);
    expect(likeliest.map(({ token }) => token)).toEqual([1, 2]);
    expect(Math.exp(likeliest[1]?.logprob ?? 0)).toBeCloseTo(0.3);
    expect(sampler.logprobs(0).likeliest).toEqual([]);
    expect(sampler.logprobs(9).likeliest).toHaveLength(3);
  });

  // Catches an infinity, which JSON turns into null.
  test('are numbers also for what cannot come', () => {
    const sampler = createSampler(GREEDY);
    sampler.next(Float32Array.from([0, Number.NEGATIVE_INFINITY]), []);
    expect(sampler.logprobs(2).likeliest[1]).toEqual({ token: 1, logprob: -9999 });
    expect(sampler.logprobs(2).chosen).toBe(0);
  });

  test('come with the bytes of the text, unless the token is a part of a character', () => {
    expect(tokenLogprob('é', -1)).toEqual({ token: 'é', logprob: -1, bytes: [195, 169] });
    expect(tokenLogprob('\u{FFFD}', -1).bytes).toBeNull();
  });
});
