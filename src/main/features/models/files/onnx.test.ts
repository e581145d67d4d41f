import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { bytes, onnxModel, tensor } from '../../../../../tests/support/models/onnx-writer.ts';
import { MalformedFile } from './byte-reader.ts';
import { readOnnx } from './onnx.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-onnx-'));
const file = path.join(dir, 'model.onnx');
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function problemOf(content: Buffer): Promise<string> {
  fs.writeFileSync(file, content);
  const error = await readOnnx(file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MalformedFile);
  return (error as MalformedFile).message;
}

const attribute = (content: Buffer) => bytes(1, bytes(5, bytes(1, 'value'), content));

test('a model is read, and the files with its weights are named', async () => {
  fs.writeFileSync(file, onnxModel(tensor(), tensor('model.onnx_data'), tensor('model.onnx_data')));
  expect(await readOnnx(file)).toEqual({ external: ['model.onnx_data'] });
});

// Each would have the engine read any file of this user, also from a tensor that hides in a node or in the graph of a node.
test.each(['../secret', '/etc/passwd', 'a/b', '..', 'c:\\x', ''])('weights in %j are refused', async (location) => {
  const outside = tensor(location);
  expect(await problemOf(onnxModel(outside))).toMatch(/not beside it/);
  const inNode = attribute(bytes(5, ...[outside.subarray(2)]));
  expect(await problemOf(onnxModel(inNode))).toMatch(/not beside it/);
  const inGraph = attribute(bytes(6, outside));
  expect(await problemOf(onnxModel(inGraph))).toMatch(/not beside it/);
});

// Catches a field that is passed over here and read by the runtime, which takes the lower 32 bits of its tag: weights anywhere on the disk.
test('a tag in a longer form than it needs is refused', async () => {
  const [tag = 0] = tensor('../secret');
  const rest = tensor('../secret').subarray(1);
  for (const long of [
    [tag | 0x80, 0x80, 0x80, 0x80, 0x10],
    [tag | 0x80, 0x80, 0x00],
  ])
    expect(await problemOf(onnxModel(Buffer.concat([Buffer.from(long), rest])))).toMatch(/form that nothing writes/);
});

test('what is cut off, nested without end or of another format is refused with the reason', async () => {
  const whole = onnxModel(tensor());
  expect(await problemOf(whole.subarray(0, whole.length - 3))).toMatch(/incomplete/);
  expect(await problemOf(Buffer.alloc(0))).toMatch(/no graph/);
  expect(await problemOf(Buffer.from('GGUF'.repeat(100)))).toMatch(/ONNX model|incomplete|ends/);
  let nested = tensor();
  for (let depth = 0; depth < 20; depth++) nested = attribute(bytes(6, nested));
  expect(await problemOf(onnxModel(nested))).toMatch(/nested/);
});

test('no change of a few bytes makes it throw anything else', async () => {
  const whole = onnxModel(tensor(), tensor('model.onnx_data'));
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      const hostile = Buffer.from(whole);
      for (const [at, value] of list) hostile[at] = value;
      fs.writeFileSync(file, hostile);
      const outcome = await readOnnx(file).catch((thrown: unknown) => thrown);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(MalformedFile);
    }),
    { numRuns: 300 },
  );
});

test('a file of tiny fields does not hold up the event loop', async () => {
  fs.writeFileSync(file, Buffer.concat([Buffer.alloc(1_500_000, Buffer.from([8, 1])), onnxModel(tensor())]));
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await readOnnx(file);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(20);
});
