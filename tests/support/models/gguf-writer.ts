/** Writes GGUF files (version 3) for tests: what a model's header says, and tensors of random or given weights. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** A typed value of the header. */
export type Value =
  | { t: 'u32' | 'i32' | 'f32' | 'u64'; v: number }
  | { t: 'bool'; v: boolean }
  | { t: 'text'; v: string }
  | { t: 'texts'; v: readonly string[] }
  | { t: 'f32s' | 'i32s'; v: readonly number[] };

export const u32 = (v: number): Value => ({ t: 'u32', v });
export const f32 = (v: number): Value => ({ t: 'f32', v });
export const bool = (v: boolean): Value => ({ t: 'bool', v });
export const text = (v: string): Value => ({ t: 'text', v });
export const texts = (v: readonly string[]): Value => ({ t: 'texts', v });
export const f32s = (v: readonly number[]): Value => ({ t: 'f32s', v });
export const i32s = (v: readonly number[]): Value => ({ t: 'i32s', v });

/** Formats of weights that are written. */
export type WeightType = 'F32' | 'F16' | 'Q8_0';

/** A tensor; `fill` gives the weight at an index, elements of the first dimension first. */
export interface TensorSpec {
  name: string;
  shape: readonly number[];
  type: WeightType;
  fill: (index: number) => number;
}

const TYPE_NUMBER: Record<WeightType, number> = { F32: 0, F16: 1, Q8_0: 8 };
const ALIGNMENT = 32;
const Q8_BLOCK = 32;

class Bytes {
  readonly #parts: Buffer[] = [];
  length = 0;

  add(part: Buffer): this {
    this.#parts.push(part);
    this.length += part.length;
    return this;
  }
  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    return this.add(part);
  }
  u64(value: number | bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    return this.add(part);
  }
  text(value: string): this {
    const part = Buffer.from(value, 'utf8');
    return this.u64(part.length).add(part);
  }
  pad(): this {
    return this.add(Buffer.alloc((ALIGNMENT - (this.length % ALIGNMENT)) % ALIGNMENT));
  }
  done(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

const numbers = (type: 'f32' | 'i32', values: readonly number[]) =>
  Buffer.from((type === 'f32' ? Float32Array : Int32Array).from(values).buffer);

function addValue(to: Bytes, value: Value): void {
  switch (value.t) {
    case 'u32':
      return void to.u32(4).u32(value.v);
    case 'i32':
      return void to.u32(5).add(numbers('i32', [value.v]));
    case 'f32':
      return void to.u32(6).add(numbers('f32', [value.v]));
    case 'bool':
      return void to.u32(7).add(Buffer.from([value.v ? 1 : 0]));
    case 'text':
      return void to.u32(8).text(value.v);
    case 'u64':
      return void to.u32(10).u64(value.v);
    case 'texts':
      to.u32(9).u32(8).u64(value.v.length);
      for (const one of value.v) to.text(one);
      return;
    case 'f32s':
      return void to.u32(9).u32(6).u64(value.v.length).add(numbers('f32', value.v));
    case 'i32s':
      return void to.u32(9).u32(5).u64(value.v.length).add(numbers('i32', value.v));
  }
}

const elements = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function sizeOf({ shape, type }: TensorSpec): number {
  const count = elements(shape);
  return type === 'F32' ? count * 4 : type === 'F16' ? count * 2 : (count / Q8_BLOCK) * 34;
}

/** IEEE 754 half precision, rounded to nearest. */
const half = (value: number): number => {
  const part = new DataView(new ArrayBuffer(2));
  part.setFloat16(0, value, true);
  return part.getUint16(0, true);
};

/** Weights of a large tensor after which they begin again: random ones for hundreds of megabytes take minutes. */
const PERIOD = 65_536;

function weightsOf(tensor: TensorSpec): Buffer {
  const { shape, type, fill } = tensor;
  const count = elements(shape);
  if (type === 'F16' && count > 4 * PERIOD)
    return Buffer.alloc(sizeOf(tensor), weightsOf({ ...tensor, shape: [PERIOD] }));
  if (type === 'F32')
    return numbers(
      'f32',
      Array.from({ length: count }, (_, index) => fill(index)),
    );
  if (type === 'F16') return Buffer.from(Uint16Array.from({ length: count }, (_, index) => half(fill(index))).buffer);
  const out = Buffer.alloc((count / Q8_BLOCK) * 34);
  for (let block = 0; block < count / Q8_BLOCK; block++) {
    const values = Array.from({ length: Q8_BLOCK }, (_, index) => fill(block * Q8_BLOCK + index));
    const scale = Math.max(...values.map(Math.abs)) / 127;
    out.writeUInt16LE(half(scale), block * 34);
    values.forEach((value, index) => {
      out.writeInt8(scale === 0 ? 0 : Math.round(value / scale), block * 34 + 2 + index);
    });
  }
  return out;
}

/** The header alone. */
export function ggufHeader(values: Readonly<Record<string, Value>>, tensors: readonly TensorSpec[]): Buffer {
  const head = new Bytes().add(Buffer.from('GGUF')).u32(3).u64(tensors.length).u64(Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) addValue(head.text(key), value);
  let offset = 0;
  for (const tensor of tensors) {
    head.text(tensor.name).u32(tensor.shape.length);
    for (const length of tensor.shape) head.u64(length);
    head.u32(TYPE_NUMBER[tensor.type]).u64(offset);
    offset += Math.ceil(sizeOf(tensor) / ALIGNMENT) * ALIGNMENT;
  }
  return head.pad().done();
}

/** Writes a whole file, a tensor at a time. @returns its length */
export function writeGguf(
  path: string,
  values: Readonly<Record<string, Value>>,
  tensors: readonly TensorSpec[],
): number {
  const file = openSync(path, 'w');
  try {
    let length = writeSync(file, ggufHeader(values, tensors));
    for (const tensor of tensors) {
      const weights = new Bytes().add(weightsOf(tensor)).pad();
      length += writeSync(file, weights.done());
    }
    return length;
  } finally {
    closeSync(file);
  }
}
