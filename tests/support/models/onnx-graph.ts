/** Builds ONNX graphs and writes them by hand (onnx.proto3 of https://github.com/onnx/onnx; Protocol Buffers wire format). */
import { bytes, number } from './onnx-writer.ts';

const TYPES = { int64: 7, float: 1, bool: 9 } as const;
const OPSET = 17;

/** Length of one dimension, or its name when it is not fixed. */
type Dim = number | string;
type Attribute = number | readonly number[];

function attribute(name: string, value: Attribute): Buffer {
  if (typeof value === 'number') return bytes(5, bytes(1, name), number(3, value), number(20, 2));
  return bytes(5, bytes(1, name), ...value.map((one) => number(8, one)), number(20, 7));
}

function valueInfo(field: number, name: string, type: number, dims: readonly Dim[]): Buffer {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? number(1, dim) : bytes(2, dim)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, type), bytes(2, ...shape))));
}

/** Weights that lie in another file, one after the other. */
interface External {
  file: string;
  parts: Buffer[];
  length: number;
}

/** Takes nodes in the order in which they are computed. Each answers the name of its result. */
export class OnnxGraph {
  readonly #parts: Buffer[] = [];
  readonly #external: External | null;
  #count = 0;

  /** @param external name of the file for weights; in the graph's own file unless given */
  constructor(external?: string) {
    this.#external = external === undefined ? null : { file: external, parts: [], length: 0 };
  }

  /** What the graph is given. */
  input(name: string, dims: readonly Dim[], type: keyof typeof TYPES = 'int64'): string {
    this.#parts.push(valueInfo(11, name, TYPES[type], dims));
    return name;
  }

  weights(dims: readonly number[], fill: () => number): string {
    const values = Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, fill);
    return this.#tensor(TYPES.float, dims, Buffer.from(values.buffer));
  }

  /** One number, or a list of them. */
  integers(values: number | readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const content = Buffer.from(BigInt64Array.from(list, BigInt).buffer);
    return this.#tensor(TYPES.int64, typeof values === 'number' ? [] : [list.length], content, true);
  }

  float(value: number): string {
    return this.#tensor(TYPES.float, [], Buffer.from(Float32Array.of(value).buffer), true);
  }

  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const name = `n${this.#count++}`;
    const written = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    this.#parts.push(bytes(1, ...inputs.map((one) => bytes(1, one)), bytes(2, name), bytes(4, type), ...written));
    return name;
  }

  /** Gives a result its name for who runs the graph. */
  output(name: string, result: string, dims: readonly Dim[]): void {
    this.#parts.push(bytes(1, bytes(1, result), bytes(2, name), bytes(4, 'Identity')));
    this.#parts.push(valueInfo(12, name, TYPES.float, dims));
  }

  /** The whole file. */
  file(): Buffer {
    const opset = bytes(8, bytes(1, ''), number(2, OPSET));
    return Buffer.concat([number(1, 8), opset, bytes(7, bytes(2, 'graph'), ...this.#parts)]);
  }

  /** The file beside it. */
  externalData(): Buffer {
    return Buffer.concat(this.#external?.parts ?? []);
  }

  #tensor(type: number, dims: readonly number[], content: Buffer, inside = false): string {
    const name = `w${this.#count++}`;
    const head = [...dims.map((dim) => number(1, dim)), number(2, type), bytes(8, name)];
    this.#parts.push(bytes(5, ...head, ...(inside ? [bytes(9, content)] : this.#stored(content))));
    return name;
  }

  #stored(content: Buffer): Buffer[] {
    const external = this.#external;
    if (external === null) return [bytes(9, content)];
    const entry = (key: string, value: string) => bytes(13, bytes(1, key), bytes(2, value));
    const at = external.length;
    external.parts.push(content);
    external.length += content.length;
    return [
      entry('location', external.file),
      entry('offset', String(at)),
      entry('length', String(content.length)),
      number(14, 1),
    ];
  }
}
