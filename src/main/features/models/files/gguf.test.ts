import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  f32,
  f32s,
  ggufHeader,
  type TensorSpec,
  text,
  texts,
  u32,
  type Value,
  writeGguf,
} from '../../../../../tests/support/models/gguf-writer.ts';
import { writeLlama } from '../../../../../tests/support/models/llama-model.ts';
import { MalformedFile } from './byte-reader.ts';
import { wordOf } from './facts.ts';
import { headerBudget, readGguf } from './gguf.ts';
import { checkNumbers } from './gguf-sanity.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tabagent-gguf-'));
const good = path.join(folder, 'good.gguf');
const file = path.join(folder, 'hostile.gguf');
beforeAll(() => void writeLlama(good));
afterAll(() => rmSync(folder, { recursive: true }));

const tensor = (shape: number[] = [32, 4], name = 'a.weight'): TensorSpec => ({
  name,
  shape,
  type: 'F32',
  fill: () => 0,
});

/** Writes behind the first place of a text in a header. */
function patched(bytes: Buffer, after: string, skip: number, write: (at: number) => void): void {
  const at = bytes.indexOf(after);
  expect(at).toBeGreaterThan(0);
  write(at + after.length + skip);
}

async function problemOf(bytes: Uint8Array): Promise<string> {
  writeFileSync(file, bytes);
  const start = performance.now();
  const error = await readGguf(file).catch((thrown: unknown) => thrown);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(error).toBeInstanceOf(MalformedFile);
  return (error as MalformedFile).message;
}

test('what a model says of itself is read, of long lists only the length', async () => {
  const header = await readGguf(good);
  expect(header.values.get('general.architecture')).toBe('llama');
  expect(header.values.get('llama.block_count')).toBe(2);
  expect(header.values.get('tokenizer.ggml.add_bos_token')).toBe(true);
  expect(header.values.get('tokenizer.ggml.tokens')).toEqual({ length: expect.any(Number) });
  expect(header.tensors).toHaveLength(21);
  const last = header.tensors.at(-1);
  expect(readFileSync(good).length - ((last?.offset ?? 0) + (last?.bytes ?? 0))).toBeLessThan(32);
});

test('a tokenizer of 200 000 texts is walked through in windows', async () => {
  const words = Array.from({ length: 200_000 }, (_, index) => `word ${index}`);
  writeGguf(file, { 'tokenizer.ggml.tokens': texts(words), 'tokenizer.ggml.scores': f32s(words.map(() => 0)) }, [
    tensor(),
  ]);
  expect((await readGguf(file)).values.get('tokenizer.ggml.tokens')).toEqual({ length: 200_000 });
});

// Each would make a native parser read or allocate beyond what is there.
test.each<[string, (bytes: Buffer) => unknown, RegExp]>([
  ['nothing', () => Buffer.alloc(0), /too short/],
  ['another format', (bytes) => bytes.fill('X', 0, 4), /not a GGUF file/],
  ['a version of the future', (bytes) => bytes.writeUInt32LE(4, 4), /version 4/],
  ['2^64 - 1 tensors', (bytes) => bytes.writeBigUInt64LE(2n ** 64n - 1n, 8), /not possible/],
  ['a million tensors', (bytes) => bytes.writeBigUInt64LE(1_000_000n, 8), /1000000 tensors/],
  ['a billion values', (bytes) => bytes.writeBigUInt64LE(1_000_000_000n, 16), /1000000000 values/],
  ['a key of 2^40 bytes', (bytes) => bytes.writeBigUInt64LE(2n ** 40n, 24), /bytes of a key/],
  [
    'a list of 2^50 members',
    (bytes) => patched(bytes, 'tokenizer.ggml.scores', 8, (at) => bytes.writeBigUInt64LE(2n ** 50n, at)),
    /members of tokenizer.ggml.scores/,
  ],
  [
    'a list of lists',
    (bytes) => patched(bytes, 'tokenizer.ggml.scores', 4, (at) => bytes.writeUInt32LE(9, at)),
    /not accepted/,
  ],
  [
    'a value of an unknown type',
    (bytes) => patched(bytes, 'general.name', 0, (at) => bytes.writeUInt32LE(77, at)),
    /type 77/,
  ],
  [
    'a tensor of five dimensions',
    (bytes) => patched(bytes, 'output_norm.weight', 0, (at) => bytes.writeUInt32LE(5, at)),
    /5 dimensions/,
  ],
  [
    'a shape whose product overflows',
    (bytes) =>
      patched(bytes, 'token_embd.weight', 4, (at) =>
        [0, 8].forEach((by) => {
          bytes.writeBigUInt64LE(2n ** 40n, at + by);
        }),
      ),
    /not possible for F16/,
  ],
  [
    'a tensor without elements',
    (bytes) => patched(bytes, 'token_embd.weight', 12, (at) => bytes.writeBigUInt64LE(0n, at)),
    /no elements/,
  ],
  [
    'an offset behind the end',
    (bytes) => patched(bytes, 'output_norm.weight', 16, (at) => bytes.writeBigUInt64LE(2n ** 45n, at)),
    /behind the end/,
  ],
  [
    'an offset that is not aligned',
    (bytes) => patched(bytes, 'output_norm.weight', 16, (at) => bytes.writeBigUInt64LE(8n, at)),
    /not aligned/,
  ],
  [
    'two tensors at one place',
    (bytes) => patched(bytes, 'output_norm.weight', 16, (at) => bytes.writeBigUInt64LE(0n, at)),
    /overlaps/,
  ],
  [
    'an unknown type of tensor',
    (bytes) => patched(bytes, 'output_norm.weight', 12, (at) => bytes.writeUInt32LE(4, at)),
    /type 4/,
  ],
])('%s is refused with the reason', async (_name, change, reason) => {
  const bytes = readFileSync(good);
  const changed = change(bytes);
  expect(await problemOf(Buffer.isBuffer(changed) ? changed : bytes)).toMatch(reason);
});

test('one key or one tensor twice, and a strange alignment, are refused', async () => {
  const twice = ggufHeader({ 'a.a': u32(1), 'a.b': u32(1) }, []);
  twice.write('a.a', twice.indexOf('a.b'));
  expect(await problemOf(twice)).toMatch(/twice/);
  expect(await problemOf(Buffer.concat([ggufHeader({}, [tensor(), tensor()]), Buffer.alloc(1024)]))).toMatch(/twice/);
  expect(await problemOf(ggufHeader({ 'general.alignment': u32(7) }, []))).toMatch(/alignment 7/);
  expect(await problemOf(ggufHeader({ 'general.alignment': text('32') }, []))).toMatch(/alignment/);
});

test('a file that was cut at any place is refused', async () => {
  const whole = readFileSync(good);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 64 }), async (length) => {
      writeFileSync(file, whole);
      truncateSync(file, length);
      await expect(readGguf(file)).rejects.toBeInstanceOf(MalformedFile);
    }),
    { numRuns: 60 },
  );
});

test('a header with any bytes changed is read or refused, and what is read lies inside the file', async () => {
  const header = ggufHeader({ 'general.name': text('x'), 'a.list': f32s([1, 2, 3]), 'a.texts': texts(['a', 'b']) }, [
    tensor(),
    tensor([64], 'b'),
  ]);
  const whole = Buffer.concat([header, Buffer.alloc(1024)]);
  const changes = fc.array(fc.tuple(fc.nat(header.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (bytes) => {
      const hostile = Buffer.from(whole);
      for (const [at, value] of bytes) hostile[at] = value;
      writeFileSync(file, hostile);
      const outcome = await readGguf(file).catch((thrown: unknown) => thrown);
      if (outcome instanceof MalformedFile) return;
      const { tensors } = outcome as Awaited<ReturnType<typeof readGguf>>;
      for (const { offset, bytes: length } of tensors) expect(offset + length).toBeLessThanOrEqual(whole.length);
    }),
    { numRuns: 500 },
  );
});

// Catches a header whose texts are kept, whatever they are: 266 MB for each of the files of a model.
test('texts and lists that say nothing of the model are passed over, and all headers of a model have one budget', async () => {
  const hole = 1_000_000;
  const named = (content: string) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(content.length));
    return Buffer.concat([length, Buffer.from(content)]);
  };
  const head = Buffer.alloc(24);
  head.write('GGUF');
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(40n, 16);
  writeFileSync(file, head);
  let at = head.length;
  for (let index = 0; index < 40; index++) {
    const value = Buffer.alloc(12);
    value.writeUInt32LE(8);
    value.writeBigUInt64LE(BigInt(hole), 4);
    const entry = Buffer.concat([named(`key.${index}`), value]);
    const handle = openSync(file, 'r+');
    writeSync(handle, entry, 0, entry.length, at);
    closeSync(handle);
    at += entry.length + hole;
  }
  truncateSync(file, at + 64);
  const { values } = await readGguf(file);
  expect([...values.values()]).toEqual(Array.from({ length: 40 }, () => ({ length: hole })));
  const budget = headerBudget();
  budget.left = 8 * 1024 * 1024;
  await expect(readGguf(file, budget)).rejects.toThrow(/longer than/);
});

// Catches a promise for each of four million numbers that nobody asked for.
test('lists of numbers are kept only where they say something of the model', async () => {
  const list = f32s([1, 2]);
  writeFileSync(
    file,
    Buffer.concat([ggufHeader({ 'x.attention.head_count_kv': list, 'x.other': list }, []), Buffer.alloc(64)]),
  );
  const { values } = await readGguf(file);
  expect([...values.values()]).toEqual([[1, 2], { length: 2 }]);
});

// Each ended the engine with an assertion, and all loaded models with it.
test.each<[string, Record<string, Value>]>([
  ['block_count', { 'llama.block_count': u32(600) }],
  ['block_count', { 'llama.block_count': u32(0) }],
  ['embedding_length', { 'llama.embedding_length': u32(0) }],
  ['attention.head_count', { 'llama.attention.head_count': u32(0) }],
  ['attention.head_count_kv', { 'llama.attention.head_count_kv': u32(0) }],
  ['feed_forward_length', { 'llama.feed_forward_length': u32(0) }],
  ['expert_count', { 'llama.expert_count': u32(4_000_000_000) }],
  ['expert_used_count', { 'llama.expert_count': u32(4), 'llama.expert_used_count': u32(40) }],
  ['layer_norm_rms_epsilon', { 'llama.attention.layer_norm_rms_epsilon': f32(Number.NaN) }],
  ['tokenizer', { 'tokenizer.ggml.model': text('none') }],
])('a header with an impossible %s is refused', async (name, extra) => {
  writeLlama(file, { extra });
  const header = await readGguf(file);
  expect(() => checkNumbers(header)).toThrow(name);
  checkNumbers(await readGguf(good));
});

test('what a reason quotes from the file is printable', () => {
  const { message } = new MalformedFile('The key "\u001b[2J\u202egpj\n😀".');
  expect(message).toBe('The key " [2J gpj 😀".');
  expect(wordOf(`${'A'.repeat(199)}😀B`)).toBe(`${'A'.repeat(199)}😀`);
});
