/** What names of files tell of the numbers in them. */
import { expect, test } from 'vitest';
import { fileTypeName, ggufQuant, onnxVariant } from './quants.ts';

test.each([
  ['Llama-3.2-1B-Instruct-Q4_K_M.gguf', 'Q4_K_M'],
  ['model.Q8_0.gguf', 'Q8_0'],
  ['model-IQ3_XXS.gguf', 'IQ3_XXS'],
  ['model-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL'],
  ['model-bf16.gguf', 'BF16'],
  ['model-f16.gguf', 'F16'],
  ['gpt-oss-20b-MXFP4.gguf', 'MXFP4'],
  ['bitnet-TQ2_0.gguf', 'TQ2_0'],
  ['Q6_K/model-Q6_K-00001-of-00003.gguf', 'Q6_K'],
  ['q4_0.gguf', 'Q4_0'],
  ['model.gguf', null],
  // Catches a name of a family that is taken for a quantization.
  ['SEQ2SEQ-model.gguf', null],
  ['Qwen2.5-7B.gguf', null],
  ['f16bit-model.gguf', null],
])('%s holds %s', (name, quant) => {
  expect(ggufQuant(name)).toBe(quant);
});

test.each([
  ['model.onnx', 'model', 'fp32'],
  ['model_fp16.onnx', 'model', 'fp16'],
  ['model_quantized.onnx', 'model', 'q8'],
  ['model_q4f16.onnx', 'model', 'q4f16'],
  ['model_q4.onnx', 'model', 'q4'],
  ['decoder_model_merged_int8.onnx', 'decoder_model_merged', 'int8'],
  // Catches a part of the name that is taken for a number type.
  ['my_model.onnx', 'my_model', 'fp32'],
])('%s is %s in %s', (name, stem, variant) => {
  expect(onnxVariant(name)).toEqual({ stem, variant });
});

test('what is no ONNX file is none', () => {
  expect([onnxVariant('model.onnx_data'), onnxVariant('model.gguf')]).toEqual([null, null]);
});

test('numbers of file types that are not known have no name', () => {
  expect([15, 32, 4, 999, '15', undefined].map(fileTypeName)).toEqual(['Q4_K_M', 'BF16', null, null, null, null]);
});
