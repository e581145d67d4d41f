/** Models that read whole texts at once: inputs with padding, and the tensors that come out. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { Encoded } from './tokenizer.ts';

/** Numbers with their shape, whatever type the model computes with. */
export interface Numbers {
  data: Float32Array;
  dims: readonly number[];
}

export function numbersOf(tensor: Tensor | undefined): Numbers {
  if (tensor === undefined) throw new AppError('model-corrupted', 'The model did not answer what it promised.');
  const { data, dims } = tensor;
  if (data instanceof Float32Array) return { data, dims };
  if (tensor.type === 'float16' && ArrayBuffer.isView(data))
    return { data: fromHalf(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)), dims };
  throw new AppError('model-corrupted', `The model answers numbers of the type ${tensor.type}.`);
}

/** IEEE 754 binary16. */
function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 0x1f, half & 0x3ff];
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** Whole numbers in the type that an input has. */
export function integers(session: InferenceSession, name: string, values: readonly number[], dims: number[]): Tensor {
  const metadata = session.inputMetadata.find((one) => one.name === name);
  return metadata?.isTensor && metadata.type === 'int32'
    ? new Tensor('int32', Int32Array.from(values), dims)
    : new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** What each input is made of, by name. */
const INPUTS: Readonly<Record<string, (row: Encoded, at: number, pad: number) => number>> = {
  input_ids: ({ ids }, at, pad) => ids[at] ?? pad,
  attention_mask: ({ ids }, at) => (at < ids.length ? 1 : 0),
  token_type_ids: ({ types }, at) => types[at] ?? 0,
  position_ids: (_row, at) => at,
};

/** @throws AppError `model-corrupted` for a model that wants something that texts do not give */
export function checkInputs(session: InferenceSession): void {
  const unknown = session.inputNames.find((name) => !Object.hasOwn(INPUTS, name));
  if (unknown === undefined && session.inputNames.includes('input_ids')) return;
  const reason = unknown === undefined ? 'it does not take tokens' : `it needs the input ${JSON.stringify(unknown)}`;
  throw new AppError('model-corrupted', `The model cannot be used here: ${reason}.`, { extra: { reason } });
}

/** Runs rows of different length together. @returns all outputs, and to how many tokens the rows were filled up */
export async function runEncoder(session: InferenceSession, rows: readonly Encoded[], pad: number) {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    const value = INPUTS[name];
    if (value === undefined) continue;
    const values = rows.flatMap((row) => Array.from({ length: width }, (_, at) => value(row, at, pad)));
    feeds[name] = integers(session, name, values, [rows.length, width]);
  }
  return { outputs: await session.run(feeds), width };
}

/** Tokens in one run on the CPU, where more at once are no faster and a cancel waits for the run; other devices need many. */
const RUN_TOKENS = { cpu: 256, other: 8192 };
const MAX_ROWS = 32;

/** Inputs that run together: those of nearly one length, so that little is computed for padding. */
export function batches(rows: readonly Encoded[], device: string): number[][] {
  const limit = device === 'cpu' ? RUN_TOKENS.cpu : RUN_TOKENS.other;
  const length = (index: number) => rows[index]?.ids.length ?? 0;
  const order = [...rows.keys()].sort((one, other) => length(one) - length(other));
  const out: number[][] = [];
  let batch: number[] = [];
  for (const index of order) {
    if (batch.length > 0 && (batch.length >= MAX_ROWS || (batch.length + 1) * length(index) > limit)) {
      out.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) out.push(batch);
  return out;
}
