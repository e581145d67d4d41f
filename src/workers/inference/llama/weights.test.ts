import { expect, test } from 'vitest';
import { mapsWeights } from './weights.ts';

// Would catch: weights that are in memory twice where the processor wants them in another order; that they are in it once is measured in
// tests/contract/inference/memory.test.ts, on machines of either kind.
test('a file is mapped unless the processor computes with copies', () => {
  expect(mapsWeights('flags\t\t: fpu avx2 avx512f')).toBe(true);
  expect(mapsWeights('flags\t\t: fpu avx512f amx_bf16 avx512_fp16 amx_tile amx_int8')).toBe(false);
  expect(mapsWeights('')).toBe(true);
});
