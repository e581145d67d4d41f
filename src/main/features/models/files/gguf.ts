/**
 * The header of a GGUF file, read before any native code sees the file: whatever is promised in it must fit into the file.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openRegular } from '../../../core/disk/owned-reads.ts';
import { ByteReader, MalformedFile, type ReadBudget } from './byte-reader.ts';
import { tensorBytes, typeName } from './gguf-types.ts';

/** A value that is kept; of other texts and lists only the length. */
export type GgufValue = number | string | boolean | readonly number[] | { readonly length: number };

/** Keys whose texts and lists are kept; all others are passed over, whatever they hold. */
const TEXTS: ReadonlySet<string> = new Set([
  'general.architecture',
  'general.name',
  'general.license',
  'tokenizer.ggml.model',
]);
const LISTS = /\.(attention\.head_count(_kv)?|feed_forward_length)$/;

/** One tensor: where it stands behind the header, and how large it is. */
export interface GgufTensor {
  name: string;
  type: string;
  shape: readonly number[];
  /** From the start of the file. */
  offset: number;
  bytes: number;
}

/** What the header says, checked against the length of the file. */
export interface GgufHeader {
  version: number;
  values: ReadonlyMap<string, GgufValue>;
  tensors: readonly GgufTensor[];
  totals: GgufTotals;
}

/** Sums over the tensors of a file, or of all files of a model. */
export interface GgufTotals {
  bytes: number;
  /** Elements. */
  parameters: number;
}

/** Bounds of what is believed; all models known to us are an order of magnitude below. */
const MAX = {
  header: 256 * 1024 * 1024,
  values: 4096,
  tensors: 65_536,
  key: 1024,
  text: 1024 * 1024,
  list: 4 * 1024 * 1024,
  keptList: 1024,
  keptText: 64 * 1024,
  name: 256,
  dimensions: 4,
};

/** Tensors between two turns of the event loop: most are in memory already, so that nothing else would make one. */
const TURN = 4096;

/** Value types: bytes, and how they are read. */
const SCALARS: readonly ({ bytes: number; read(bytes: Buffer): number | boolean } | null)[] = [
  { bytes: 1, read: (b) => b.readUInt8() },
  { bytes: 1, read: (b) => b.readInt8() },
  { bytes: 2, read: (b) => b.readUInt16LE() },
  { bytes: 2, read: (b) => b.readInt16LE() },
  { bytes: 4, read: (b) => b.readUInt32LE() },
  { bytes: 4, read: (b) => b.readInt32LE() },
  { bytes: 4, read: (b) => b.readFloatLE() },
  { bytes: 1, read: (b) => b.readUInt8() !== 0 },
  null,
  null,
  { bytes: 8, read: (b) => Number(b.readBigUInt64LE()) },
  { bytes: 8, read: (b) => Number(b.readBigInt64LE()) },
  { bytes: 8, read: (b) => b.readDoubleLE() },
];
const TEXT = 8;
const LIST = 9;

/** What the headers of one model may have, in all of its files together. */
export const headerBudget = (): ReadBudget => ({ left: MAX.header });

/**
 * Reads and checks a header.
 * @throws MalformedFile with what is wrong; the system's error when the file cannot be read
 */
export async function readGguf(path: string, budget = headerBudget()): Promise<GgufHeader> {
  const file = await openRegular(path);
  try {
    const { size } = await file.stat();
    return await readHeader(file, size, budget);
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, size: number, budget: ReadBudget): Promise<GgufHeader> {
  const reader = new ByteReader(file, Math.min(size, MAX.header), budget);
  if (size < 24) throw new MalformedFile('It is too short to be a GGUF file.');
  await reader.load(24);
  if (reader.bytesNow(4).toString('latin1') !== 'GGUF') throw new MalformedFile('This is not a GGUF file.');
  const version = reader.u32Now();
  if (version !== 2 && version !== 3) throw new MalformedFile(`GGUF version ${version} is not supported; 2 and 3 are.`);
  const tensorCount = bounded('tensors', reader.u64Now(), MAX.tensors);
  const valueCount = bounded('values', reader.u64Now(), MAX.values);
  const values = await readValues(reader, valueCount);
  const infos = await readTensorInfos(reader, tensorCount);
  const tensors = placeTensors(infos, alignUp(reader.position, alignmentOf(values)), size, alignmentOf(values));
  return { version, values, tensors, totals: totalsOf(tensors) };
}

function totalsOf(tensors: readonly GgufTensor[]): GgufTotals {
  const totals = { bytes: 0, parameters: 0 };
  for (const { bytes, shape } of tensors) {
    totals.bytes += bytes;
    totals.parameters += shape.reduce((product, length) => product * length, 1);
  }
  return totals;
}

function bounded(what: string, count: number, max: number): number {
  if (count > max) throw new MalformedFile(`It claims ${count} ${what}; at most ${max} are accepted.`);
  return count;
}

async function readText(reader: ByteReader, what: string, max: number): Promise<string> {
  if (!reader.has(8)) await reader.load(8);
  const length = bounded(`bytes of ${what}`, reader.u64Now(), max);
  if (!reader.has(length)) await reader.load(length);
  return reader.bytesNow(length).toString('utf8');
}

async function readValues(reader: ByteReader, count: number): Promise<Map<string, GgufValue>> {
  const values = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const key = await readText(reader, 'a key', MAX.key);
    if (values.has(key)) throw new MalformedFile(`The key ${JSON.stringify(key)} is there twice.`);
    await reader.load(4);
    values.set(key, await readValue(reader, reader.u32Now(), key));
  }
  return values;
}

async function readValue(reader: ByteReader, type: number, key: string): Promise<GgufValue> {
  if (type === TEXT) return readTextValue(reader, key);
  if (type === LIST) return readList(reader, key);
  const scalar = SCALARS[type];
  if (!scalar) throw new MalformedFile(`The type ${type} of ${JSON.stringify(key)} is not known.`);
  await reader.load(scalar.bytes);
  return scalar.read(reader.bytesNow(scalar.bytes));
}

async function readTextValue(reader: ByteReader, key: string): Promise<GgufValue> {
  await reader.load(8);
  const length = bounded(`bytes of the text ${key}`, reader.u64Now(), MAX.text);
  if (!TEXTS.has(key) || length > MAX.keptText) {
    reader.skip(length);
    return { length };
  }
  await reader.load(length);
  return reader.bytesNow(length).toString('utf8');
}

async function readList(reader: ByteReader, key: string): Promise<GgufValue> {
  await reader.load(12);
  const type = reader.u32Now();
  const length = bounded(`members of ${key}`, reader.u64Now(), MAX.list);
  if (type === TEXT) {
    for (let index = 0; index < length; index++) {
      if (!reader.has(8)) await reader.load(8);
      reader.skip(bounded(`bytes of a member of ${key}`, reader.u64Now(), MAX.text));
    }
    return { length };
  }
  const scalar = SCALARS[type];
  // Lists of lists exist in the format and in no model; to descend into them would be an open end.
  if (!scalar)
    throw new MalformedFile(`The members of ${JSON.stringify(key)} have the type ${type}, which is not accepted.`);
  if (length > MAX.keptList || !LISTS.test(key)) {
    reader.skip(length * scalar.bytes);
    return { length };
  }
  await reader.load(length * scalar.bytes);
  return Array.from({ length }, () => Number(scalar.read(reader.bytesNow(scalar.bytes))));
}

interface TensorInfo {
  name: string;
  type: number;
  shape: number[];
  offset: number;
}

async function readTensorInfos(reader: ByteReader, count: number): Promise<TensorInfo[]> {
  const infos: TensorInfo[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    if (index % TURN === TURN - 1) await nextTurn();
    const name = await readText(reader, 'the name of a tensor', MAX.name);
    if (names.has(name)) throw new MalformedFile(`The tensor ${JSON.stringify(name)} is there twice.`);
    names.add(name);
    await reader.load(4);
    const dimensions = bounded(`dimensions of ${name}`, reader.u32Now(), MAX.dimensions);
    await reader.load(dimensions * 8 + 12);
    const shape = Array.from({ length: dimensions }, () => reader.u64Now());
    infos.push({ name, shape, type: reader.u32Now(), offset: reader.u64Now() });
  }
  return infos;
}

function alignmentOf(values: ReadonlyMap<string, GgufValue>): number {
  const alignment = values.get('general.alignment') ?? 32;
  if (
    typeof alignment !== 'number' ||
    !Number.isInteger(alignment) ||
    alignment < 8 ||
    alignment > 65_536 ||
    alignment % 8 !== 0
  )
    throw new MalformedFile(`The alignment ${JSON.stringify(alignment)} is not possible.`);
  return alignment;
}

const alignUp = (position: number, alignment: number) => Math.ceil(position / alignment) * alignment;

/** Tensors with their places; they stand inside the file and do not overlap. */
function placeTensors(infos: readonly TensorInfo[], start: number, size: number, alignment: number): GgufTensor[] {
  const tensors = infos.map(({ name, type, shape, offset }): GgufTensor => {
    if (shape.includes(0)) throw new MalformedFile(`The tensor ${JSON.stringify(name)} has no elements.`);
    const bytes = tensorBytes(type, shape);
    const known = typeName(type);
    if (known === null) throw new MalformedFile(`The type ${type} of the tensor ${JSON.stringify(name)} is not known.`);
    if (bytes === null)
      throw new MalformedFile(
        `The shape ${shape.join(' × ')} of the tensor ${JSON.stringify(name)} is not possible for ${known}.`,
      );
    if (offset % alignment !== 0) throw new MalformedFile(`The tensor ${JSON.stringify(name)} is not aligned.`);
    if (start + offset + bytes > size)
      throw new MalformedFile(
        `The tensor ${JSON.stringify(name)} ends behind the end of the file; the file is incomplete.`,
      );
    return { name, type: known, shape, offset: start + offset, bytes };
  });
  let end = 0;
  for (const { name, offset, bytes } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < end) throw new MalformedFile(`The tensor ${JSON.stringify(name)} overlaps another one.`);
    end = offset + bytes;
  }
  return tensors;
}
