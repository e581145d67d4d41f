/** Writes ONNX files by hand, for tests of what reads them: a model with one tensor, in the file or beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
};
export const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)]);
/** A field of bytes, a text or a message. */
export const bytes = (field: number, ...content: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(content.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

/** A tensor whose weights are in the file, or in the file `external`. */
export const tensor = (external?: string): Buffer =>
  bytes(
    5,
    number(1, 4),
    number(2, 1),
    bytes(8, 'weight'),
    external === undefined
      ? bytes(9, Buffer.alloc(16))
      : Buffer.concat([bytes(13, bytes(1, 'location'), bytes(2, external)), number(14, 1)]),
  );

/** A whole file. */
export const onnxModel = (...graph: Buffer[]): Buffer =>
  Buffer.concat([number(1, 8), bytes(8, bytes(1, ''), number(2, 17)), bytes(7, bytes(2, 'graph'), ...graph)]);

/** A folder as exporters lay it out. @param config what `config.json` says beside the usual */
export function writeOnnxFolder(dir: string, config: object, files: Record<string, Buffer> = {}): void {
  mkdirSync(path.join(dir, 'onnx'), { recursive: true });
  const usual = {
    model_type: 'bert',
    hidden_size: 32,
    num_hidden_layers: 2,
    max_position_embeddings: 128,
    vocab_size: 64,
  };
  writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ ...usual, ...config }));
  writeFileSync(path.join(dir, 'tokenizer.json'), '{}');
  for (const [name, content] of Object.entries({ 'onnx/model.onnx': onnxModel(tensor()), ...files }))
    writeFileSync(path.join(dir, name), content);
}
