/** Names of quantizations: what a GGUF header says by number, and what names of files say. */

/** By `general.file_type` (llama.h, `enum llama_ftype`). */
const FILE_TYPES: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4_MOE',
};

/** Name of a `general.file_type`; null for one that is not known. */
export const fileTypeName = (type: unknown): string | null =>
  typeof type === 'number' ? (FILE_TYPES[type] ?? null) : null;

const GGUF_QUANT =
  /(?:^|[-._/])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]{1,4}){0,3}|BF16|F16|FP16|F32|FP32|TQ\d_0|MXFP4(?:_MOE)?))(?=[-._/]|$)/i;

/** The quantization in the name of a GGUF file, such as `Q4_K_M`; null when it has none. */
export function ggufQuant(name: string): string | null {
  const stem = name.replace(/\.gguf$/i, '').replace(/-\d{5}-of-\d{5}$/, '');
  return GGUF_QUANT.exec(stem)?.[1]?.toUpperCase() ?? null;
}

/** Suffixes by which exporters tell ONNX files apart (`model_q4f16.onnx`), and what transformers.js calls them. */
const ONNX_TYPES: Readonly<Record<string, string>> = {
  '': 'fp32',
  fp16: 'fp16',
  quantized: 'q8',
  int8: 'int8',
  uint8: 'uint8',
  q4: 'q4',
  q4f16: 'q4f16',
  bnb4: 'bnb4',
  fp32: 'fp32',
};
const ONNX_NAME = /^(.*?)(?:_(fp32|fp16|quantized|int8|uint8|q4f16|q4|bnb4))?\.onnx$/i;

/** Stem and number type of an ONNX file: `decoder_model_q4.onnx` is `decoder_model` in `q4`. */
export function onnxVariant(file: string): { stem: string; variant: string } | null {
  const parts = ONNX_NAME.exec(file);
  if (parts === null) return null;
  return { stem: parts[1] ?? '', variant: ONNX_TYPES[(parts[2] ?? '').toLowerCase()] ?? 'fp32' };
}
