/** Models that come and go: what one of them took is given back. */
import { describe, expect, test } from 'vitest';
import { onnxHost, realHost } from '../support/inference.ts';
import { growthOf } from '../support/memory-growth.ts';
import { TINY } from '../support/models/llama-model.ts';
import { writeOnnxGenerator } from '../support/models/onnx-models.ts';
import { long } from './support.ts';

const ROUNDS = long ? 45 : 10;
/** MB; a leak of the weights grows by the whole model each time, one of the contexts by about as much. */
const BAR = 1;

// Catches contexts, sessions or weights that outlive their model: an engine that serves several models would fill the machine.
describe.skipIf(process.platform !== 'linux')(
  'the memory stays where it was, however often a model comes and goes',
  () => {
    test('of the engine for GGUF models', async () => {
      // 6 MB with its contexts.
      await using subject = await realHost({}, [['come-and-go', { ...TINY, layers: 4, dim: 256, hidden: 512 }]]);
      expect(await growthOf('llama', subject, 'test/come-and-go:F16', { rounds: ROUNDS, bar: BAR })).toBeLessThan(BAR);
    }, 240_000);

    test('of the engine for ONNX models', async () => {
      const write = (dir: string) => writeOnnxGenerator(dir, { layers: 4, dim: 256 });
      await using subject = await onnxHost({}, { 'come-and-go': write });
      expect(await growthOf('onnx', subject, 'test/come-and-go:fp32', { rounds: ROUNDS, bar: BAR })).toBeLessThan(BAR);
    }, 240_000);
  },
);
